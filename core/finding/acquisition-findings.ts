import { clipPictures, governingPicture, picturePlace } from '../clip/pictures.ts';
import { message, type Message } from '../language/message.ts';
import { cycleAgainstStatedRate } from '../measurement/beat-measurements.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import { timesContradict } from './file-findings.ts';
import type { Finding } from './finding.ts';

/** Below this many frames a second the largest and the smallest ventricle may both be missed. */
const leastFramesPerSecond = 10;

/** What the file itself limits: timing, calibration, Doppler colour. */
export function acquisitionFindings({ facts, review, curve, measured }: ClipEvidence): Finding[] {
  const findings: Finding[] = [];
  const add = (code: Finding['code'], severity: Finding['severity'], message: Message): void => {
    findings.push({ code, severity, message, sources: [] });
  };
  switch (curve.calibration.refusal) {
    case 'no-calibration':
      add('no-calibration', 'refusal', message('finding.no-calibration'));
      break;
    case 'calibration-does-not-fit':
      add(
        'calibration-does-not-fit',
        'refusal',
        message(
          review.ruler !== null
            ? 'finding.calibration-does-not-fit.ruler'
            : 'finding.calibration-does-not-fit',
        ),
      );
      break;
    // Such a clip is not measured at all, and its own finding says so.
    case 'picture-not-chosen':
      break;
    case null:
      if (curve.calibration.calibration.source === 'user-ruler') {
        add('calibration-by-user', 'warning', message('finding.calibration-by-user'));
      }
  }
  if (facts.notReadAgain !== undefined) {
    add('not-read-again', 'warning', message('finding.not-read-again', { reason: facts.notReadAgain }));
  }
  const pictures = clipPictures(facts);
  const picture = governingPicture(facts, review.picture);
  if (pictures.length > 1 && picture !== null) {
    add(
      'several-pictures',
      review.view.source === 'file' ? 'warning' : 'information',
      message('finding.several-pictures.chosen', {
        count: pictures.length,
        place: picturePlace(picture, pictures),
        view: review.view.source === 'file' ? 'file' : 'other',
      }),
    );
  }
  if (facts.frames > 1 && facts.timing.guessed && !timesContradict(facts)) {
    add('timing-guessed', 'warning', message('finding.timing-guessed'));
  }
  const cycle = cycleAgainstStatedRate(facts, measured);
  if (cycle !== null && facts.heartRateBpm !== null) {
    add(
      'timing-guessed',
      'warning',
      message('finding.timing-guessed.heart-rate', {
        seconds: cycle / 1000,
        rate: facts.heartRateBpm,
        statedSeconds: 60 / facts.heartRateBpm,
      }),
    );
  }
  const rate = framesPerSecond(facts.timing.frameTimesMs);
  if (!facts.timing.guessed && rate !== null && rate < leastFramesPerSecond) {
    add(
      'low-frame-rate',
      'warning',
      message('finding.low-frame-rate', { rate, least: leastFramesPerSecond }),
    );
  }
  if (facts.colourOverlay) {
    add('colour-overlay', 'warning', message('finding.colour-overlay'));
  }
  return findings;
}

function framesPerSecond(timesMs: readonly number[]): number | null {
  const length = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  return timesMs.length > 1 && length > 0 ? ((timesMs.length - 1) * 1000) / length : null;
}
