import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameAt } from '../../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../../core/clip/timing.ts';
import { Playback, type PlayedPicture } from '../../../renderer/playback/playback.svelte.ts';

fc.configureGlobal({ seed: 1628 });

const frames = 37;

function timingOf(stepsMs: readonly number[], playback: 'loop' | 'sweep' = 'loop'): ClipTiming {
  const frameTimesMs = [0];
  for (const step of stepsMs.slice(0, -1)) frameTimesMs.push((frameTimesMs.at(-1) ?? 0) + step);
  const durationMs = (frameTimesMs.at(-1) ?? 0) + (stepsMs.at(-1) ?? 0);
  return { source: 'frame-time-vector', guessed: false, frameTimesMs, durationMs, playback };
}

const even = (perSecond: number) => timingOf(new Array<number>(frames).fill(1000 / perSecond));
const jittered = timingOf(Array.from({ length: frames }, (_, index) => 27.3 + ((index * 7.7) % 11.1)));

const timings: Readonly<Record<string, ClipTiming>> = {
  '25/s': even(25),
  '29.97/s': even(29.97),
  '30/s': even(30),
  '60/s': even(60),
  'a jittered vector': jittered,
  '25/s, sweep': { ...even(25), playback: 'sweep' },
};

/** Playback at a time that the test sets, and one picture that is on screen as soon as it is asked for. */
function bench(timing: ClipTiming, missing: ReadonlySet<number> = new Set()) {
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
  const screen = new Map<string, number>();
  const attach = (sopInstanceUid: string, own: ClipTiming = timing) => {
    const picture: PlayedPicture = {
      sopInstanceUid,
      timing: own,
      draw: (frame) => {
        if (missing.has(frame)) return false;
        screen.set(sopInstanceUid, frame);
        return true;
      },
      note: () => undefined,
    };
    return playback.attach(picture);
  };
  return {
    playback,
    screen,
    attach,
    /** Lets animation frames of 16.7 ms go by. */
    run(ms: number) {
      for (const end = nowMs + ms; nowMs < end;) {
        nowMs = Math.min(end, nowMs + 16.7);
        const due = tick;
        tick = null;
        due?.();
      }
    },
    step(uid: string, by: number) {
      playback.pause();
      const frame = (playback.standingOn(uid) + by + frames) % frames;
      playback.showFrames([{ sopInstanceUid: uid, timing, frame }]);
    },
  };
}

/** Pauses at uneven moments, 50 of them. */
const pauses = Array.from({ length: 50 }, (_, index) => 61.7 + ((index * 397.31) % 1900));

describe('at a standstill the frame number is the state', () => {
  it.each(Object.entries(timings))('66 steps from each of 50 pauses, each ±1: %s', (_name, timing) => {
    const { playback, screen, attach, run, step } = bench(timing);
    attach('a');
    for (const pauseMs of pauses) {
      playback.play();
      run(pauseMs);
      playback.pause();
      let frame = screen.get('a') ?? -1;
      expect(playback.frameOf('a')).toBe(frame);
      for (let count = 0; count < 66; count += 1) {
        const by = count % 3 === 2 ? -1 : 1;
        step('a', by);
        frame = (frame + by + frames) % frames;
        expect(screen.get('a')).toBe(frame);
        expect(playback.frameOf('a')).toBe(frame);
      }
    }
  });

  it.each(Object.entries(timings))('every frame can be set, and is what is seen: %s', (_name, timing) => {
    const { playback, screen, attach, run } = bench(timing);
    attach('a');
    playback.play();
    run(333.3);
    for (let frame = 0; frame < frames; frame += 1) {
      playback.showFrame('a', timing, frame);
      expect(screen.get('a')).toBe(frame);
      expect(playback.frameOf('a')).toBe(frame);
      playback.refresh();
      expect(screen.get('a')).toBe(frame);
    }
  });

  it('whatever happens before: play, pause, speed, set, step', () => {
    const action = fc.oneof(
      fc.record({ kind: fc.constant('run' as const), ms: fc.double({ min: 0.1, max: 3000, noNaN: true }) }),
      fc.constant({ kind: 'play' as const }),
      fc.constant({ kind: 'pause' as const }),
      fc.constant({ kind: 'faster' as const }),
      fc.record({ kind: fc.constant('set' as const), frame: fc.nat({ max: frames - 1 }) }),
      fc.record({ kind: fc.constant('step' as const), by: fc.constantFrom(1, -1) }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 3, max: 90, noNaN: true }), { minLength: frames, maxLength: frames }),
        fc.constantFrom('loop' as const, 'sweep' as const),
        fc.array(action, { minLength: 1, maxLength: 25 }),
        (stepsMs, sequence, actions) => {
          const timing = timingOf(stepsMs, sequence);
          const { playback, screen, attach, run, step } = bench(timing);
          attach('a');
          for (const one of actions) {
            const before = screen.get('a') ?? -1;
            if (one.kind === 'run') run(one.ms);
            else if (one.kind === 'play') playback.play();
            else if (one.kind === 'faster') playback.faster(1);
            else if (one.kind === 'pause') playback.pause();
            else if (one.kind === 'set') playback.showFrame('a', timing, one.frame);
            else step('a', one.by);
            const after = screen.get('a');
            if (one.kind === 'set') expect(after).toBe(one.frame);
            if (one.kind === 'step') expect(after).toBe((before + one.by + frames) % frames);
            // Neither play nor pause moves the picture by itself.
            if (one.kind !== 'set' && one.kind !== 'step' && one.kind !== 'run') expect(after).toBe(before);
            expect(playback.frameOf('a')).toBe(after);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('two clips of different speed are stepped and set together, and play on in step', () => {
    const [slow, fast] = [timings['25/s'] ?? jittered, timings['60/s'] ?? jittered];
    const { playback, screen, attach, run } = bench(slow);
    attach('slow', slow);
    attach('fast', fast);
    playback.play();
    run(5_123.4);
    playback.pause();
    const before = { slow: screen.get('slow') ?? 0, fast: screen.get('fast') ?? 0 };
    const targets = [
      { sopInstanceUid: 'slow', timing: slow, frame: (before.slow + 1) % frames },
      { sopInstanceUid: 'fast', timing: fast, frame: (before.fast + 1) % frames },
    ];
    playback.showFrames(targets);
    for (const { sopInstanceUid, frame } of targets) expect(screen.get(sopInstanceUid)).toBe(frame);
    // One of them put on another frame leaves the other where it is.
    playback.showFrame('slow', slow, 20);
    expect(screen.get('fast')).toBe(targets[1]?.frame);
    playback.restart();
    playback.play();
    for (let count = 0; count < 40; count += 1) {
      run(77.7);
      playback.pause();
      run(50);
      playback.play();
    }
    // 40 pauses later both are where an unbroken clock would have them: no pause costs a part of a frame.
    const elapsedMs = 40 * 77.7;
    expect(Math.abs((screen.get('slow') ?? 0) - frameAt(slow, elapsedMs))).toBeLessThanOrEqual(1);
    expect(Math.abs((screen.get('fast') ?? 0) - frameAt(fast, elapsedMs))).toBeLessThanOrEqual(2);
  });

  it('what is seen is kept where the frame that is due has not arrived, and no step is lost', () => {
    const timing = timings['30/s'] ?? jittered;
    const missing = new Set([5, 6, 7]);
    const { playback, screen, attach, run, step } = bench(timing, missing);
    attach('a');
    playback.showFrame('a', timing, 4);
    step('a', 1);
    expect([screen.get('a'), playback.frameOf('a'), playback.standingOn('a')]).toEqual([4, 4, 5]);
    step('a', 1);
    missing.clear();
    playback.refresh();
    expect([screen.get('a'), playback.frameOf('a')]).toEqual([6, 6]);
    for (const frame of [8, 9, 10]) missing.add(frame);
    playback.showFrame('a', timing, 7);
    playback.play();
    run(40);
    playback.pause();
    expect([screen.get('a'), playback.frameOf('a'), playback.standingOn('a')]).toEqual([7, 7, 7]);
  });

  it('a frame that is set before its picture is there is the one that the picture begins with', () => {
    const timing = timings['29.97/s'] ?? jittered;
    const { playback, screen, attach } = bench(timing);
    playback.showFrame('late', timing, 22);
    expect(playback.frameOf('late')).toBe(22);
    const detach = attach('late');
    expect(screen.get('late')).toBe(22);
    // Enlarging a picture takes it off the clock and puts another on.
    detach();
    screen.clear();
    attach('late');
    expect(screen.get('late')).toBe(22);
  });
});
