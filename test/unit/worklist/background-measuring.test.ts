import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { BackgroundState } from '../../../core/api/background.ts';
import { initialReview } from '../../../core/review/initial.ts';
import { SystolaError } from '../../../core/error.ts';
import {
  BackgroundMeasuring,
  type BackgroundMeasuringOptions,
} from '../../../main/worklist/background-measuring.ts';
import { clipFacts, studyFacts } from '../../fixtures/library/facts.ts';

type Runs = BackgroundMeasuringOptions['runs'];

/** Studies of one clip each, `<study>.1`; a run ends when the scene says so. */
function scene(studies: readonly string[], { busy = 0 }: { busy?: number } = {}) {
  const said: string[] = [];
  const states: BackgroundState[] = [];
  const defects: unknown[] = [];
  const settings = { measureInBackground: true };
  const machine = { busy };
  const ends = new Map<string, (state: 'finished' | 'failed' | 'cancelled') => void>();
  const measured = new Set<string>();
  const runs = {
    isReaderWaiting: false,
    start: async (clip: string) => {
      await turn();
      said.push(clip);
      return { state: 'queued' };
    },
    ended: (clip: string) =>
      new Promise((resolve) => {
        ends.set(clip, (state) => {
          if (state === 'finished') measured.add(clip.slice(0, -2));
          resolve({ state, message: state === 'failed' ? 'It broke.' : null });
        });
      }),
    states: () => [],
    activities: () => new Map(),
    withdraw: (clip: string) => {
      said.push(`${clip} withdrawn`);
      ends.get(clip)?.('cancelled');
    },
    recogniseViews: () => Promise.resolve(),
    readersServed: () => Promise.resolve(),
    interruptBackground: () => said.push('interrupted'),
  };
  const background = new BackgroundMeasuring({
    library: {
      condition: 'sound',
      settings: () => settings as never,
      study: (uid) => {
        if (uid === 'unreadable') throw new SystolaError('malformed', 'Unreadable.', uid);
        const facts = studyFacts({ studyInstanceUid: uid });
        const clips = [clipFacts({ studyInstanceUid: uid, sopInstanceUid: `${uid}.1` })];
        return { facts, clips, review: initialReview(facts, clips) } as never;
      },
    },
    runs: runs as unknown as Runs,
    hasModel: () => Promise.resolve(true),
    unmeasured: () => studies.filter((uid) => !measured.has(uid)),
    prepare: () => Promise.resolve(),
    busyPart: () => Promise.resolve(machine.busy),
    onState: (state) => states.push(state),
    onDefect: (error) => defects.push(error),
  });
  const end = async (clip: string, state: 'finished' | 'failed' = 'finished') => {
    await expect.poll(() => ends.has(clip)).toBe(true);
    ends.get(clip)!(state);
  };
  return { background, said, states, settings, machine, end, defects, state: () => background.state.state };
}

it('goes through the list in the order that the reader comes to it', async () => {
  const { background, said, end, state } = scene(['a', 'b', 'c']);
  background.expect(['c', 'a']);
  background.wake();
  await end('c.1');
  await end('a.1');
  await end('b.1');
  await expect.poll(state).toBe('idle');
  expect(said).toEqual(['c.1', 'a.1', 'b.1']);
  await background.close();
});

it('follows the reader to another place of the list', async () => {
  const { background, said, end } = scene(['a', 'b', 'c']);
  background.wake();
  await expect.poll(() => said).toEqual(['a.1']);
  background.expect(['c']);
  await end('a.1');
  await expect.poll(() => said).toEqual(['a.1', 'c.1']);
  await background.close();
});

it('takes back what is not wanted any more when it is paused, and says how much is left', async () => {
  const { background, said, settings, state } = scene(['a', 'b']);
  background.wake();
  await expect.poll(() => said).toEqual(['a.1']);
  await expect.poll(state).toBe('measuring');
  settings.measureInBackground = false;
  background.wake();
  await expect.poll(state).toBe('paused');
  expect(background.state.studiesLeft).toBe(2);
  expect(said).toEqual(['a.1', 'a.1 withdrawn']);
  settings.measureInBackground = true;
  background.wake();
  await expect.poll(() => said.at(-1)).toBe('a.1');
  await background.close();
});

it('waits on battery and for a busy machine, unless the reader wants it now', async () => {
  const { background, said, machine, state, end } = scene(['a'], { busy: 0.9 });
  background.wake();
  await expect.poll(() => background.state.reason).toBe('busy');
  background.onBattery = true;
  await expect.poll(() => background.state.reason).toBe('battery');
  machine.busy = 0.1;
  background.onBattery = false;
  await expect.poll(() => said).toEqual(['a.1']);
  background.onBattery = true;
  await expect.poll(() => said).toEqual(['a.1', 'a.1 withdrawn']);
  await expect.poll(() => background.state.reason).toBe('battery');
  background.force();
  await expect.poll(() => said.length).toBe(3);
  expect(state()).toBe('measuring');
  await end('a.1');
  await expect.poll(state).toBe('idle');
  await background.close();
});

it('stops where three in a row fail, and says why; one study that cannot be read stops nothing', async () => {
  const { background, said, end, state, defects } = scene(['unreadable', 'a', 'b', 'c', 'd']);
  background.wake();
  await end('a.1', 'failed');
  await end('b.1', 'failed');
  await end('c.1', 'failed');
  await expect.poll(state).toBe('stopped');
  expect(background.state.message).toBe('It broke.');
  expect(said).toEqual(['a.1', 'b.1', 'c.1']);
  expect(defects).toEqual([]);
  background.force();
  await expect.poll(() => said.length).toBe(4);
  await background.close();
});
