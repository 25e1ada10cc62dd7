const methods: Readonly<Record<string, string>> = {
  'biplane-disks': 'biplane disks',
  'single-plane-disks': 'single-plane disks',
  'area-length': 'area–length',
  contour: 'contour',
  'frame-times': 'frame times',
  'du-bois': 'Du Bois',
  mosteller: 'Mosteller',
  entered: 'entered by the user',
  file: 'from the file',
};

/** How a number was made, as a person reads it; of a method that this version does not know its name. */
export const methodText = (method: string): string => methods[method] ?? method;
