import { message, type Message } from '../language/message.ts';

const methods = [
  'biplane-disks',
  'single-plane-disks',
  'area-length',
  'biplane-area-length',
  'contour',
  'caliper',
  'mean-of-views',
  'frame-times',
  'du-bois',
  'mosteller',
  'entered',
  'file',
] as const;

/** How a number was made, as a person reads it; of a method that this version does not know its name. */
export function methodText(method: string): Message {
  const known = methods.find((one) => one === method);
  return known === undefined ? message('method.other', { name: method }) : message(`method.${known}`);
}
