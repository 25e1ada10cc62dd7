/**
 * What a distance on a two-dimensional picture can be of, in the order in which the names are offered: the linear
 * measurements of ASE/EACVI 2015 (Lang RM et al., J Am Soc Echocardiogr 2015;28:1–39). As they are written in files;
 * never changed. What each is, with its code, is in core/quantity.
 */
export const distanceNames = [
  'LVIDd',
  'LVIDs',
  'IVSd',
  'LVPWd',
  'LA diameter',
  'Aortic root',
  'RV basal diameter',
  'LVOT diameter',
  'IVC diameter',
] as const;

export type DistanceName = (typeof distanceNames)[number];
