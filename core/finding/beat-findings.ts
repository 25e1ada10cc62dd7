import type { Beat } from '../beat/beat.ts';
import type { ClipFacts } from '../clip/clip.ts';
import { message } from '../language/message.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { frameReferences } from './frame-references.ts';

const leastFramesPerBeat = 10;
/** ASE/EACVI 2015 advises means over three beats in sinus rhythm and five in atrial fibrillation. */
const advisedBeats = 3;
const advisedBeatsInFibrillation = 5;

/** What limits the beats: none whole, few frames in one, few to average, ED or ES without a contour. */
export function beatFindings({ facts, curve, beats, measured, included }: ClipEvidence): Finding[] {
  const findings: Finding[] = [];
  const uid = facts.sopInstanceUid;
  if (curve.frames.every((frame) => frame === null)) return findings;

  if (beats.length === 0) {
    findings.push({
      code: 'no-full-beat',
      severity: 'refusal',
      message: message(facts.frames === 1 ? 'finding.no-full-beat.still' : 'finding.no-full-beat.none'),
      sources: [],
    });
    return findings;
  }
  if (beats.every((beat) => beat.nextEdFrame === null)) {
    findings.push({
      code: 'no-full-beat',
      severity: 'warning',
      message: message('finding.no-full-beat', { missing: missingPhase(facts, beats) }),
      sources: frameReferences(
        uid,
        beats.flatMap((beat) => [beat.edFrame, beat.esFrame]),
      ),
    });
  }
  const lengths = beats.map(({ edFrame, nextEdFrame }) =>
    nextEdFrame !== null ? nextEdFrame - edFrame : framesPerCycle(facts),
  );
  const short = beats.filter((_, i) => (lengths[i] ?? Infinity) < leastFramesPerBeat);
  if (short.length > 0) {
    const fewest = Math.floor(Math.min(...lengths.filter((length) => length !== null)));
    findings.push({
      code: 'few-frames-per-beat',
      severity: 'warning',
      message: message('finding.few-frames-per-beat', { fewest, least: leastFramesPerBeat }),
      sources: frameReferences(
        uid,
        short.map((beat) => beat.edFrame),
      ),
    });
  }
  const missing = beats.flatMap((beat, index) => {
    if (measured.some((one) => one.index === index)) return [];
    return [beat.edFrame, beat.esFrame].filter((frame) => (curve.frames[frame]?.measures ?? null) === null);
  });
  if (missing.length > 0) {
    findings.push({
      code: 'no-contour',
      severity: 'refusal',
      message: message('finding.no-contour.at-phase', { frames: frameRanges(missing) }),
      sources: frameReferences(uid, missing),
    });
  }
  if (included.length > 0 && included.length < advisedBeats) {
    findings.push({
      code: 'few-beats',
      severity: 'information',
      message: message('finding.few-beats', {
        count: included.length,
        sinus: advisedBeats,
        fibrillation: advisedBeatsInFibrillation,
      }),
      sources: [],
    });
  }
  return findings;
}

/** Frames that a cycle takes by the stated heart rate, for beats that the clip cuts off; null when not known. */
function framesPerCycle({ heartRateBpm, timing }: ClipFacts): number | null {
  const times = timing.frameTimesMs;
  const length = (times.at(-1) ?? 0) - (times[0] ?? 0);
  if (heartRateBpm === null || !(heartRateBpm > 0) || timing.guessed || times.length < 3 || !(length > 0)) {
    return null;
  }
  return 60_000 / heartRateBpm / (length / (times.length - 1));
}

/** The phase that the clip may have cut off at an end of it. */
function missingPhase({ frames }: ClipFacts, beats: readonly Beat[]): 'systole' | 'diastole' | 'other' {
  const last = frames - 1;
  if (frames <= 2) return 'other';
  if (beats.some(({ esFrame }) => esFrame === last)) return 'systole';
  return beats.some(({ edFrame }) => edFrame === 0 || edFrame === last) ? 'diastole' : 'other';
}
