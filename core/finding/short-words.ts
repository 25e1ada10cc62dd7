import type { Finding, FindingCode } from './finding.ts';

/** Each kind of finding in at most eight words; its message says the rest. */
const words: Partial<Readonly<Record<FindingCode, string>>> = {
  'timing-guessed': 'Frame times not known or doubtful',
  'no-calibration': 'Not calibrated: no volumes',
  'calibration-does-not-fit': 'Calibration does not fit: no volumes',
  'calibration-by-user': 'Calibrated by a ruler drawn by hand',
  'few-frames-per-beat': 'Few frames in a beat',
  'low-frame-rate': 'Low frame rate',
  'no-full-beat': 'No whole beat',
  'axis-lengths-differ': 'Long axes of A4C and A2C differ',
  'basal-tilt': 'Base line tilted',
  'contour-touches-sector-edge': 'Contour reaches the edge of the sector',
  'view-unknown': 'View not known',
  'colour-overlay': 'Doppler colour over the picture',
  'no-contour': 'Contours missing',
  'few-beats': 'Few beats averaged',
  'long-beat': 'A beat much longer than the others',
  'short-beat': 'A beat much shorter than the others',
  'early-beat': 'Extrasystole: exclude it?',
  'beats-excluded': 'Beats excluded by the reader',
  'no-beat-included': 'All beats excluded: no EF',
  'exclusion-lost': 'An excluded beat is no longer found',
  'identical-frames': 'Frames stored twice',
  'low-confidence': 'Model unsure of contours',
  'different-patients': 'Clips of another patient or study',
  'not-traced': 'Not traced',
  'trace-invalid': 'A contour cannot be measured',
  'analysis-incomplete': 'Some frames have no contour yet',
  'ef-implausible': 'EF hardly possible',
  'empty-frames': 'Frames without an echo',
  'not-analysed': 'Frames that the model failed on',
  'sector-doubtful': 'Sector doubtful',
  'view-doubtful': 'Contours do not look like a ventricle',
  'area-jumps': 'Contours jump from frame to frame',
  'correction-disagrees': 'A corrected frame disagrees with its neighbours',
  'differs-from-signed': 'Numbers differ from those signed',
  'read-again': 'Read again: numbers have changed',
  'not-read-again': 'Could not be read again',
  'several-pictures': 'Several pictures: choose one',
  'frozen-picture': 'Frozen picture: no EF',
  'volume-impossible': 'Volume that no heart has',
  'stages-differ': 'Clips of different stages',
  'heart-rates-differ': 'Heart rates too far apart for biplane',
  'no-resting-stage': 'No resting stage: choose one',
  'file-repaired': 'File read in spite of damage',
  'frames-differ': 'Number of frames contradicts itself',
  'frames-undecodable': 'Frames that cannot be decoded',
  'timing-contradicts': 'Times in the file contradict each other',
  'heart-rate-contradicts': 'Heart rates in the file contradict each other',
  'spacing-contradicts': 'Scales in the file contradict each other',
};

/** A finding at a glance; of a kind without words of its own the beginning of its message. */
export function shortWords({ code, message }: Pick<Finding, 'code' | 'message'>): string {
  const own = words[code];
  if (own !== undefined) return own;
  const first = (message.split(/[.:;]/)[0] ?? message).split(' ');
  return first.length <= 8 ? first.join(' ') : `${first.slice(0, 7).join(' ')} …`;
}
