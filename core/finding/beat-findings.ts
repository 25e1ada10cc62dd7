import type { Beat } from '../beat/beat.ts';
import type { ClipFacts } from '../clip/clip.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { frameReferences } from './frame-references.ts';

const leastFramesPerBeat = 10;
/** ASE/EACVI 2015 advises means over three beats in sinus rhythm and five in atrial fibrillation. */
const advisedBeats = 3;
/** What limits the beats: none whole, few frames in one, few to average, ED or ES without a contour. */
export function beatFindings({ facts, curve, beats, measured, included }: ClipEvidence): Finding[] {
  const findings: Finding[] = [];
  const uid = facts.sopInstanceUid;
  if (curve.frames.every((frame) => frame === null)) return findings;

  if (beats.length === 0) {
    findings.push({
      code: 'no-full-beat',
      severity: 'refusal',
      message:
        facts.frames === 1
          ? 'A still shows no beat: EDV, ESV and EF are not given. Use a loop of this view.'
          : 'No beat was found on the curve: EDV, ESV and EF are not given. Set ED and ES by hand, or trace more frames.',
      sources: [],
    });
    return findings;
  }
  if (beats.every((beat) => beat.nextEdFrame === null)) {
    findings.push({
      code: 'no-full-beat',
      severity: 'warning',
      message: `The clip shows no whole beat: ED and ES are those of the part that is there${cutOffWords(facts, beats)}. Prefer a clip that holds at least one beat from ED to ED.`,
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
      message: `A beat has only ${fewest} ${fewest === 1 ? 'frame' : 'frames'} (${leastFramesPerBeat} are the least advised): end systole may lie between two. Record at a higher frame rate.`,
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
      message: `ED or ES lies on a frame without a usable contour (${frameRanges(missing)}): that beat is not measured. Draw the contour there, or move the marker.`,
      sources: frameReferences(uid, missing),
    });
  }
  if (included.length > 0 && included.length < advisedBeats) {
    findings.push({
      code: 'few-beats',
      severity: 'information',
      message: `Measured on ${included.length === 1 ? 'one beat' : `${included.length} beats`}; means over ${advisedBeats} are advised in sinus rhythm, over 5 in atrial fibrillation.`,
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

/** Names the end of the clip at which a beat's ED or ES may have been cut off. */
function cutOffWords({ frames }: ClipFacts, beats: readonly Beat[]): string {
  const last = frames - 1;
  if (frames <= 2) return '';
  if (beats.some(({ esFrame }) => esFrame === last)) return ', and the clip may end before end systole';
  if (beats.some(({ edFrame }) => edFrame === 0 || edFrame === last)) {
    return ', and end diastole may lie beyond the clip';
  }
  return '';
}
