import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WorkLanes, type Lane, type Work } from '../../../main/analysis/work-lanes.ts';

/** Work that ends when it is told to, or aborted; `said` is what became of all of them, in order. */
function scene() {
  const said: string[] = [];
  const defects: unknown[] = [];
  const lanes = new WorkLanes((error) => defects.push(error));
  const works = new Map<string, Work>();
  const ends = new Map<string, () => void>();
  const add = (name: string, lane: Lane): Promise<void> => {
    const work: Work = {
      run: (signal) =>
        new Promise((resolve, reject) => {
          said.push(`${name} begins`);
          ends.set(name, () => {
            said.push(`${name} ends`);
            resolve();
          });
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      onInterrupted: () => said.push(`${name} gives way`),
    };
    works.set(name, work);
    return lanes.add(work, lane);
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)!();
    await turn();
  };
  return { lanes, add, end, said, defects, work: (name: string) => works.get(name)! };
}

it('does one piece of work at a time, those that readers wait for first', async () => {
  const { add, end, said } = scene();
  void add('a', 'reader');
  void add('later', 'background');
  void add('b', 'reader');
  await end('a');
  await end('b');
  await end('later');
  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'later begins', 'later ends']);
});

it('interrupts the background for a reader, and begins it anew before what waits behind it', async () => {
  const { add, end, said, lanes, defects } = scene();
  const first = add('first', 'background');
  void add('second', 'background');
  void add('wanted', 'reader');
  await turn();
  expect(said).toEqual(['first begins', 'first gives way', 'wanted begins']);
  await end('wanted');
  await end('first');
  await first;
  await end('second');
  await lanes.idle();
  expect(said.slice(3)).toEqual([
    'wanted ends',
    'first begins',
    'first ends',
    'second begins',
    'second ends',
  ]);
  expect(defects).toEqual([]);
});

it('does not interrupt what a reader waits for by now', async () => {
  const { add, end, said, lanes, work } = scene();
  void add('measured', 'background');
  lanes.promote(work('measured'));
  void add('next', 'reader');
  await turn();
  expect(said).toEqual(['measured begins']);
  expect(lanes.laneOf(work('measured'))).toBe('reader');
  await end('measured');
  expect(said.at(-1)).toBe('next begins');
});

it('takes what waits in the background forward, and interrupts for it', async () => {
  const { add, said, lanes, work } = scene();
  void add('one', 'background');
  void add('two', 'background');
  void add('three', 'background');
  lanes.promote(work('three'));
  await turn();
  expect(said).toEqual(['one begins', 'one gives way', 'three begins']);
});

it('leaves the background alone for as long as it is told', async () => {
  const { add, said, lanes } = scene();
  void add('one', 'background');
  lanes.interrupt(60);
  await turn();
  expect(said).toEqual(['one begins', 'one gives way']);
  await expect.poll(() => said.at(-1)).toBe('one begins');
});

it('ends with what goes on, and drops what waits', async () => {
  const { add, said, lanes, defects } = scene();
  const all = [add('one', 'background'), add('two', 'background')];
  await lanes.close();
  await Promise.all(all);
  await add('three', 'reader');
  expect(said).toEqual(['one begins']);
  expect(defects).toEqual([]);
});

it('tells of work that throws, and goes on', async () => {
  const defects: unknown[] = [];
  const lanes = new WorkLanes((error) => defects.push(error));
  await lanes.add({ run: () => Promise.reject(new Error('broken')) }, 'reader');
  let isDone = false;
  await lanes.add({ run: async () => void (isDone = await Promise.resolve(true)) }, 'reader');
  expect(isDone).toBe(true);
  expect(defects).toEqual([new Error('broken')]);
});
