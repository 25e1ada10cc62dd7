import type { OpenInstance } from '../../dicom/instance.ts';
import type { ChangedAttribute } from './cleaned-pixels.ts';

/** Number of Frames (0028,0008) where the file states another number than there are. */
export function frameCount({ pixels, frames }: OpenInstance): ChangedAttribute[] {
  const stated = pixels.statedFrames;
  if (stated === frames.length || (stated === null && frames.length === 1)) return [];
  return [{ tag: 0x0028_0008, vr: 'IS', values: [frames.length] }];
}
