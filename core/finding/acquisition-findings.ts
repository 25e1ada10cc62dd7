import { clipPictures, governingPicture, picturePlace } from '../clip/pictures.ts';
import { cycleAgainstStatedRate } from '../measurement/beat-measurements.ts';
import { decimalText } from '../wording/number-text.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import { timesContradict } from './file-findings.ts';
import type { Finding } from './finding.ts';

/** Below this many frames a second the largest and the smallest ventricle may both be missed. */
const leastFramesPerSecond = 10;

/** What the file itself limits: timing, calibration, view, Doppler colour. */
export function acquisitionFindings({ facts, review, curve, measured }: ClipEvidence): Finding[] {
  const findings: Finding[] = [];
  const add = (code: Finding['code'], severity: Finding['severity'], message: string): void => {
    findings.push({ code, severity, message, sources: [] });
  };
  switch (curve.calibration.refusal) {
    case 'no-calibration':
      add(
        'no-calibration',
        'refusal',
        'The file does not say how large its pixels are: volumes and lengths are not given, EF (a ratio) is, in the proportions of its pixels. Draw a ruler on the depth scale to calibrate.',
      );
      break;
    case 'calibration-does-not-fit':
      add(
        'calibration-does-not-fit',
        'refusal',
        review.ruler !== null
          ? 'The ruler gives an impossible picture depth: volumes and lengths are not given. Draw it again and check the distance entered.'
          : 'The calibration in the file does not fit the image: volumes and lengths are not given, EF (a ratio) is, in the proportions of its pixels. Draw a ruler on the depth scale to calibrate.',
      );
      break;
    // Such a clip is not measured at all, and its own finding says so.
    case 'picture-not-chosen':
      break;
    case null:
      if (curve.calibration.calibration.source === 'user-ruler') {
        add(
          'calibration-by-user',
          'warning',
          'Volumes rest on a ruler drawn by hand on the depth scale. Check its ends and its length.',
        );
      }
  }
  if (facts.notReadAgain !== undefined) {
    add(
      'not-read-again',
      'warning',
      `What is known of this clip was read by an older version of Systola, and its file could not be read again (${facts.notReadAgain}). Its numbers may differ from what this version would give; import the original file again.`,
    );
  }
  const pictures = clipPictures(facts);
  const picture = governingPicture(facts, review.picture);
  if (pictures.length > 1 && picture !== null) {
    add(
      'several-pictures',
      review.view.source === 'file' ? 'warning' : 'information',
      `The clip shows ${pictures.length} pictures; the ${picturePlace(picture, pictures)} one is measured, as the reader chose.${review.view.source === 'file' ? ' The view that the file states may be that of another: check it.' : ''}`,
    );
  }
  if (facts.frames > 1 && facts.timing.guessed && !timesContradict(facts)) {
    add(
      'timing-guessed',
      'warning',
      'The file does not say when its frames were taken: heart rate and cardiac output are not read from this clip. Enter the heart rate to get them.',
    );
  }
  const cycle = cycleAgainstStatedRate(facts, measured);
  if (cycle !== null) {
    add(
      'timing-guessed',
      'warning',
      `By its frame times a beat lasts ${decimalText(cycle / 1000, 2)} s, by the heart rate in the file (${facts.heartRateBpm} bpm) ${decimalText(60 / facts.heartRateBpm!, 2)} s: heart rate is not read from the frame times. Check the heart rate.`,
    );
  }
  const rate = framesPerSecond(facts.timing.frameTimesMs);
  if (!facts.timing.guessed && rate !== null && rate < leastFramesPerSecond) {
    add(
      'low-frame-rate',
      'warning',
      `The clip has ${decimalText(rate, 1)} frames a second, fewer than ${leastFramesPerSecond}: end diastole and end systole may lie between frames. Record at a higher frame rate.`,
    );
  }
  if (review.view.code === 'unknown') {
    add(
      'view-unknown',
      'warning',
      'The view is not known: the clip is measured in a single plane and takes no part in biplane. Set the view (A4C or A2C).',
    );
  }
  if (facts.colourOverlay) {
    add(
      'colour-overlay',
      'warning',
      'Doppler colour covers part of the picture, which the contour may follow. Use a B-mode clip of the same view, or check every contour.',
    );
  }
  return findings;
}

function framesPerSecond(timesMs: readonly number[]): number | null {
  const length = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  return timesMs.length > 1 && length > 0 ? ((timesMs.length - 1) * 1000) / length : null;
}
