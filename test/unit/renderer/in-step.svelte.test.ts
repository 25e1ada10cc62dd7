import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Beat } from '../../../core/beat/beat.ts';
import { frameAt } from '../../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../../core/clip/timing.ts';
import {
  beatTimes,
  fileMsAt,
  frameInStep,
  paceOf,
  placeInStep,
  stepOf,
  type ClipBeats,
} from '../../../renderer/playback/in-step.ts';
import { Playback } from '../../../renderer/playback/playback.svelte.ts';

fc.configureGlobal({ seed: 1715 });

function timingOf(frames: number, stepMs: number, playback: 'loop' | 'sweep' = 'loop'): ClipTiming {
  const frameTimesMs = Array.from({ length: frames }, (_, frame) => frame * stepMs);
  return { source: 'frame-time', guessed: false, frameTimesMs, durationMs: frames * stepMs, playback };
}

const beat = (edFrame: number, esFrame: number, nextEdFrame: number | null): Beat => ({
  edFrame,
  esFrame,
  nextEdFrame,
  source: 'model',
});

function clipOf(uid: string, timing: ClipTiming, ...beats: readonly Beat[]): ClipBeats {
  return { sopInstanceUid: uid, timing, beats: beatTimes(timing, beats, null) };
}

/** 60 beats a minute in 30 pictures a second, two beats, the first picture within diastole. */
const rest = clipOf('rest', timingOf(70, 1000 / 30), beat(4, 14, 34), beat(34, 44, 64));
/** 150 beats a minute in 60 pictures a second, three beats. */
const peak = clipOf('peak', timingOf(80, 1000 / 60), beat(2, 13, 26), beat(26, 37, 50), beat(50, 61, 74));
const still = clipOf('still', timingOf(20, 50));

const step = (mode: 'stretched' | 'time', ...clips: readonly ClipBeats[]) => {
  const found = stepOf(mode, clips);
  if (!found) throw new Error('There is nothing in step.');
  return found;
};

describe('beats that loops go through in step', () => {
  it('whole ones; of a clip without any the last, to the length of the stated heart rate or to the end', () => {
    const timing = timingOf(30, 40);
    expect(beatTimes(timing, [beat(0, 10, 25), beat(25, 28, null)], null)).toEqual([
      { edMs: 0, esMs: 400, endMs: 1000 },
    ]);
    expect(beatTimes(timing, [beat(0, 12, null)], null)).toEqual([{ edMs: 0, esMs: 480, endMs: 1200 }]);
    expect(beatTimes(timing, [beat(0, 12, null)], 40)).toEqual([{ edMs: 0, esMs: 480, endMs: 1500 }]);
    // A rate that would end the beat before its ES is none.
    expect(beatTimes(timing, [beat(0, 12, null)], 200)).toEqual([{ edMs: 0, esMs: 480, endMs: 1200 }]);
    expect(beatTimes(timing, [beat(12, 0, 29)], null)).toEqual([]);
    expect(beatTimes(timing, [], 60)).toEqual([]);
  });

  it('two at least, and never against the reader', () => {
    expect(stepOf('stretched', [rest])).toBeNull();
    expect(stepOf('stretched', [rest, still])).toBeNull();
    expect(stepOf('off', [rest, peak])).toBeNull();
    expect([...step('time', rest, still, peak).clips.keys()]).toEqual(['rest', 'peak']);
  });

  it('stretched: ED and ES come together, whatever the heart rate', () => {
    const both = step('stretched', rest, peak);
    for (const [clip, beats] of [
      [rest, [beat(4, 14, 34), beat(34, 44, 64)]],
      [peak, [beat(2, 13, 26), beat(26, 37, 50), beat(50, 61, 74)]],
    ] as const) {
      beats.forEach(({ edFrame, esFrame, nextEdFrame }, index) => {
        expect(frameInStep(both, clip, { beat: index, withinMs: 0 })).toBe(edFrame);
        expect(frameInStep(both, clip, { beat: index, withinMs: both.systoleMs })).toBe(esFrame);
        expect(frameInStep(both, clip, { beat: index, withinMs: both.beatMs - 0.1 })).toBe(
          (nextEdFrame ?? 0) - 1,
        );
      });
    }
    expect(paceOf(both, rest)).toBeGreaterThan(1);
    expect(paceOf(both, peak)).toBeLessThan(1);
  });

  it('by time: true speed from ED, and the shorter beat waits on its last picture', () => {
    const both = step('time', rest, peak);
    expect(both.beatMs).toBeCloseTo(1000, 6);
    expect([paceOf(both, rest), paceOf(both, peak)]).toEqual([1, 1]);
    expect(frameInStep(both, peak, { beat: 1, withinMs: 0 })).toBe(26);
    expect(frameInStep(both, peak, { beat: 1, withinMs: 200 })).toBe(26 + 12);
    for (const withinMs of [400, 600, 999]) {
      expect(frameInStep(both, peak, { beat: 1, withinMs })).toBe(49);
    }
    // A beat that the file cuts off waits on the last picture that there is.
    const cut = { ...clipOf('cut', timingOf(20, 40)), beats: [{ edMs: 0, esMs: 300, endMs: 1100 }] };
    expect(frameInStep(step('time', rest, cut), cut, { beat: 0, withinMs: 999 })).toBe(19);
    expect(frameInStep(step('stretched', rest, cut), cut, { beat: 0, withinMs: 1049 })).toBe(19);
  });

  it('a moment leads to the file and back, and every frame of a beat to itself', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('stretched' as const, 'time' as const),
        fc.array(fc.double({ min: 3, max: 90, noNaN: true }), { minLength: 40, maxLength: 40 }),
        fc.integer({ min: 2, max: 9 }),
        (mode, stepsMs, es) => {
          const frameTimesMs = stepsMs.reduce<number[]>((all, ms) => [...all, (all.at(-1) ?? 0) + ms], [0]);
          const timing: ClipTiming = {
            ...{ source: 'frame-time-vector', guessed: false, frameTimesMs, playback: 'loop' },
            durationMs: (frameTimesMs.at(-1) ?? 0) + 30,
          };
          const clip = clipOf('any', timing, beat(1, 1 + es, 15), beat(15, 15 + es, 38));
          const both = step(mode, clip, peak);
          for (let frame = 1; frame < 38; frame += 1) {
            const fileMs = frameTimesMs[frame] ?? 0;
            const place = placeInStep(both, clip, fileMs);
            if (!place) throw new Error(`Frame ${frame} is in no beat.`);
            expect(fileMsAt(both, clip, place)).toBeCloseTo(fileMs, 1);
            expect(frameInStep(both, clip, place)).toBe(frame);
          }
          expect(placeInStep(both, clip, 0)).toBeNull();
          expect(placeInStep(both, clip, frameTimesMs[38] ?? 0)).toEqual({ beat: 0, withinMs: 0 });
        },
      ),
      { numRuns: 200 },
    );
  });
});

interface Noted {
  readonly playMs: number;
  readonly shown: number;
  readonly stepMs: number | null;
}

/** Playback at a time that the test sets; pictures are on screen as soon as they are asked for. */
function bench(...clips: readonly ClipBeats[]) {
  let nowMs = 1000.123;
  let tick: (() => void) | null = null;
  const playback = new Playback({
    now: () => nowMs,
    requestFrame: (next) => {
      tick = next;
      return 1;
    },
    cancelFrame: () => (tick = null),
  });
  const noted = new Map<string, Noted>();
  for (const { sopInstanceUid, timing } of clips) {
    playback.attach({
      sopInstanceUid,
      timing,
      draw: () => true,
      note: (playMs, _due, shown, _dropped, stepMs) => noted.set(sopInstanceUid, { playMs, shown, stepMs }),
    });
  }
  return {
    playback,
    at: (clip: ClipBeats) => playback.frameOf(clip.sopInstanceUid),
    noted: (clip: ClipBeats) => noted.get(clip.sopInstanceUid) ?? { playMs: NaN, shown: -1, stepMs: null },
    /** Lets animation frames of 16.7 ms go by. */
    run(ms: number, seen: () => void = () => undefined) {
      for (const end = nowMs + ms; nowMs < end;) {
        nowMs = Math.min(end, nowMs + 16.7);
        const due = tick;
        tick = null;
        due?.();
        seen();
      }
    },
    stepBy(lead: ClipBeats, by: number, own: readonly ClipBeats[] = []) {
      playback.pause();
      const target = ({ sopInstanceUid, timing }: ClipBeats) => {
        const frames = timing.frameTimesMs.length;
        return {
          sopInstanceUid,
          timing,
          frame: (playback.standingOn(sopInstanceUid) + by + frames) % frames,
        };
      };
      playback.stepBy(target(lead), own.map(target), by);
    },
  };
}

/** Where a frame lies in its beat: 0 at ED, 1 at ES, 2 at the next ED. */
function phaseOf(clip: ClipBeats, frame: number): number {
  const ms = clip.timing.frameTimesMs[frame] ?? 0;
  const times = clip.beats.find(({ edMs, endMs }) => ms >= edMs && ms < endMs);
  if (!times) return NaN;
  const { edMs, esMs, endMs } = times;
  return ms < esMs ? (ms - edMs) / (esMs - edMs) : 1 + (ms - esMs) / (endMs - esMs);
}

describe('loops that play in step', () => {
  it.each(['stretched', 'time'] as const)(
    'show what their own time tables have at one common time: %s',
    (mode) => {
      const { playback, run, noted } = bench(rest, peak, still);
      const both = step(mode, rest, peak);
      playback.setStep(both, null);
      playback.play();
      let pictures = 0;
      run(9000, () => {
        for (const clip of [rest, peak]) {
          const { playMs, shown, stepMs } = noted(clip);
          expect(frameAt(clip.timing, playMs)).toBe(shown);
          expect(stepMs).toBe(noted(rest).stepMs);
          const count = Math.floor((stepMs ?? 0) / both.beatMs);
          const place = { beat: count % clip.beats.length, withinMs: (stepMs ?? 0) - count * both.beatMs };
          expect(shown).toBe(frameInStep(both, clip, place));
          pictures += 1;
        }
        // One without beats goes its own way.
        expect(noted(still).stepMs).toBeNull();
        expect(noted(still).shown).toBe(frameAt(still.timing, noted(still).playMs));
      });
      expect(pictures).toBeGreaterThan(1000);
    },
  );

  it('keep the common time by the wall clock: 10 s are ten common seconds, and half of them at half speed', () => {
    const { playback, run, noted } = bench(rest, peak);
    playback.setStep(step('stretched', rest, peak), null);
    playback.play();
    run(10_000);
    expect(noted(peak).stepMs).toBeCloseTo(10_000, 3);
    playback.setSpeed(0.5);
    run(1000);
    expect(noted(peak).stepMs).toBeCloseTo(10_500, 3);
  });

  it('neither pause nor play moves a picture, and none is lost against the others over 40 pauses', () => {
    const { playback, run, at } = bench(rest, peak);
    playback.setStep(step('stretched', rest, peak), null);
    playback.play();
    for (let count = 0; count < 40; count += 1) {
      run(77.7);
      const before = [at(rest), at(peak)];
      playback.pause();
      expect([at(rest), at(peak)]).toEqual(before);
      run(50);
      playback.play();
      expect([at(rest), at(peak)]).toEqual(before);
      expect(Math.abs(phaseOf(rest, at(rest)) - phaseOf(peak, at(peak)))).toBeLessThan(0.11);
    }
  });

  it('stepping in one takes the others along, over the border of a beat into the next one', () => {
    const { playback, at, stepBy } = bench(rest, peak);
    playback.setStep(step('stretched', rest, peak), null);
    playback.showFrames([
      { ...rest, frame: 4 },
      { ...peak, frame: 2 },
    ]);
    for (let frame = 5; frame < 64; frame += 1) {
      stepBy(rest, 1);
      expect(at(rest)).toBe(frame);
      const apart = phaseOf(rest, frame) - phaseOf(peak, at(peak));
      // The other shows the picture that is on screen at that moment, which began up to a picture before.
      expect(apart).toBeGreaterThan(-1e-3);
      expect(apart).toBeLessThan(0.11);
      if (frame === 14) expect(at(peak)).toBe(13);
      if (frame === 33) expect(at(peak)).toBe(25);
      if (frame === 34) expect(at(peak)).toBe(26);
      if (frame === 44) expect(at(peak)).toBe(37);
    }
    stepBy(rest, 1);
    expect([at(rest), at(peak)]).toEqual([64, 50]);
    // Behind the last whole beat it goes on alone.
    for (let count = 0; count < 5; count += 1) stepBy(rest, 1);
    expect([at(rest), at(peak)]).toEqual([69, 50]);
    for (let count = 0; count < 5; count += 1) stepBy(rest, -1);
    stepBy(rest, -1);
    expect([at(rest), at(peak)]).toEqual([63, 49]);
    for (let frame = 62; frame >= 34; frame -= 1) stepBy(rest, -1);
    expect([at(rest), at(peak)]).toEqual([34, 26]);
    stepBy(rest, -1);
    expect([at(rest), at(peak)]).toEqual([33, 25]);
  });

  it('equal loops step as one, and one without beats by itself', () => {
    const [one, other] = [clipOf('one', timingOf(70, 1000 / 29.97), beat(4, 14, 34), beat(34, 44, 64)), rest];
    const twin = { ...one, sopInstanceUid: 'twin' };
    const { playback, at, stepBy } = bench(one, twin, other, still);
    playback.setStep(step('stretched', one, twin, other), null);
    playback.showFrames([
      { ...one, frame: 4 },
      { ...twin, frame: 4 },
    ]);
    for (let frame = 5; frame < 60; frame += 1) {
      stepBy(one, 1, [one, twin, other, still]);
      expect([at(one), at(twin), at(still)]).toEqual([frame, frame, (frame - 4) % 20]);
    }
  });

  it('play goes on from what was stepped or set, the others with it', () => {
    const { playback, at, run, stepBy, noted } = bench(rest, peak);
    playback.setStep(step('stretched', rest, peak), null);
    playback.play();
    run(1234);
    playback.showFrames([
      { ...rest, frame: 44 },
      { ...peak, frame: 61 },
    ]);
    expect([at(rest), at(peak)]).toEqual([44, 61]);
    playback.play();
    run(0.5);
    expect([at(rest), at(peak)]).toEqual([44, 61]);
    run(300);
    expect(at(rest)).toBeGreaterThan(44);
    expect(at(peak)).toBeGreaterThan(61);
    stepBy(peak, 1);
    const [left, right] = [at(rest), at(peak)];
    playback.play();
    run(0.2);
    expect([at(rest), at(peak)]).toEqual([left, right]);
    expect(noted(rest).stepMs).toBe(noted(peak).stepMs);
  });

  it('at a standstill nothing moves when loops come into step or leave it; playing, the leading one goes on', () => {
    const { playback, at, run } = bench(rest, peak);
    playback.play();
    run(700);
    playback.pause();
    const before = [at(rest), at(peak)];
    for (const mode of ['time', 'stretched'] as const) {
      playback.setStep(step(mode, rest, peak), 'rest');
      playback.refresh();
      expect([at(rest), at(peak)]).toEqual(before);
    }
    playback.play();
    run(0.1);
    expect(at(rest)).toBe(before[0]);
    expect(Math.abs(phaseOf(rest, at(rest)) - phaseOf(peak, at(peak)))).toBeLessThan(0.11);
    run(433);
    const playing = at(rest);
    playback.setStep(step('stretched', rest, peak), 'rest');
    expect(at(rest)).toBe(playing);
    playback.setStep(null, null);
    expect(at(rest)).toBe(playing);
    run(100);
    expect(at(rest)).toBeGreaterThan(playing);
  });
});
