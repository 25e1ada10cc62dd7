import { describe, expect, it } from 'vitest';
import type { RunState, SystolaEvent } from '../../../core/api/events.ts';
import type { AppendResponse } from '../../../core/api/requests.ts';
import type { StudyReview } from '../../../core/review/review.ts';
import { tracesOf } from '../../../core/review/traces.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { RequestError } from '../../../renderer/api/client.ts';
import { actionFor, actions, forgottenKeys, givenKey, keyOf } from '../../../renderer/keyboard/actions.ts';
import { SentTraces, withLiveTraces } from '../../../renderer/state/live-traces.ts';
import { NewestAnswer } from '../../../renderer/state/newest-answer.ts';
import { SaveQueue, type PendingEdit } from '../../../renderer/state/save-queue.ts';

const trace = (kind: 'model' | 'manual'): Trace => ({
  points: [
    [0, 10],
    [1, 5],
    [5, 0],
    [9, 5],
    [10, 10],
  ],
  apexIndex: 2,
  source: kind === 'model' ? { kind, model: 'm', sha256: 'a' } : { kind },
  confidence: null,
});

describe('contours that a run is sending', () => {
  const byHand = trace('manual');
  const old = trace('model');
  const review: StudyReview = {
    studyInstanceUid: '1',
    body: { sex: { value: 'unknown', source: 'file' }, heightCm: null, weightKg: null, heartRateBpm: null },
    decision: { state: 'pending' },
    stage: null,
    pair: null,
    readings: [],
    prior: null,
    texts: {},
    clips: {
      a: {
        view: { code: 'a4c', source: 'file' },
        recognition: null,
        ruler: null,
        picture: null,
        traces: { 'lv-cavity': { 0: byHand, 1: old, 2: old } },
        beats: null,
        excludedBeats: null,
        marks: {},
        run: null,
        propagation: null,
      },
    },
  };

  it('replace those of a model, never those of a person, and leave the review as it was', () => {
    const fresh = trace('model');
    const shown = withLiveTraces(review, {
      a: { 'lv-cavity': { 0: fresh, 1: fresh, 2: null, 3: fresh }, 'left-atrium': { 1: fresh } },
      elsewhere: { 'lv-cavity': { 0: fresh } },
    });
    expect(shown.clips['a']?.traces).toEqual({
      'lv-cavity': { 0: byHand, 1: fresh, 3: fresh },
      'left-atrium': { 1: fresh },
    });
    expect(tracesOf(shown.clips['a'], 'lv-cavity')[0]).toBe(byHand);
    expect(Object.keys(tracesOf(review.clips['a'], 'lv-cavity'))).toEqual(['0', '1', '2']);
    expect(withLiveTraces(review, {})).toBe(review);
  });
});

describe('contours for a window that opens a study in the middle of a run', () => {
  const runOf = (sopInstanceUid: string, state: RunState['state']): SystolaEvent => ({
    type: 'run',
    run: {
      ...{ sopInstanceUid, state, framesDone: 0, framesTotal: 9, model: 'm', provider: 'cpu' },
      ...{ msPerFrame: null, message: null },
    },
  });
  const found = (sopInstanceUid: string, frame: number, contour: Trace | null): SystolaEvent => ({
    ...{ type: 'trace', sopInstanceUid, structure: 'lv-cavity', frame },
    trace: contour as never,
  });
  const contour = trace('model');

  it('are those of runs that are going on, of whichever study, until they end', () => {
    const sent = new SentTraces();
    sent.note(runOf('a', 'running'));
    sent.note(found('a', 0, contour));
    sent.note(found('a', 1, null));
    sent.note(runOf('a', 'running'));
    sent.note(runOf('b', 'queued'));
    expect(sent.of(['a', 'b'])).toEqual({ a: { 'lv-cavity': { 0: contour, 1: null } } });
    expect(sent.of(['b'])).toEqual({});
    for (const end of ['finished', 'cancelled', 'failed', 'queued'] as const) {
      sent.note(found('a', 2, contour));
      sent.note(runOf('a', end));
      expect(sent.of(['a'])).toEqual({});
    }
  });

  it('begin anew with every connection, which tells of them all', () => {
    const sent = new SentTraces();
    sent.note(found('a', 0, contour));
    sent.note({ type: 'hello', version: '1' });
    expect(sent.of(['a'])).toEqual({});
    sent.note(found('a', 0, contour));
    const held = sent.of(['a']);
    sent.note(found('a', 1, contour));
    expect(held).toEqual({ a: { 'lv-cavity': { 0: contour } } });
  });
});

describe('saving', () => {
  const edit = (label: string): PendingEdit => ({ label, changes: [] });
  const answer = {} as AppendResponse;

  function queue(send: (edit: PendingEdit) => Promise<AppendResponse>) {
    const log: string[] = [];
    const made = new SaveQueue({
      send,
      onSaved: ({ label }) => log.push(`saved ${label}`),
      onConflict: async (edits) => {
        log.push('conflict');
        return edits.slice(1);
      },
      onRefused: ({ label }) => log.push(`refused ${label}`),
      onStuck: (stuck) => stuck && log.push('stuck'),
    });
    return { made, log };
  }

  it('sends in order, one at a time', async () => {
    let atOnce = 0;
    const { made, log } = queue(async () => {
      atOnce += 1;
      expect(atOnce).toBe(1);
      await Promise.resolve();
      atOnce -= 1;
      return answer;
    });
    for (const label of ['a', 'b', 'c']) made.add(edit(label));
    await made.settled();
    expect(log).toEqual(['saved a', 'saved b', 'saved c']);
    expect(made.empty).toBe(true);
  });

  it('keeps an edit while nobody answers, and drops what is refused or no longer holds', async () => {
    const answers: (() => Promise<AppendResponse>)[] = [
      () => Promise.reject(new RequestError('unreachable', 0, 'gone')),
      () => Promise.resolve(answer),
      () => Promise.reject(new RequestError('bad-request', 400, 'no')),
      () => Promise.reject(new RequestError('revision-conflict', 409, 'moved on')),
    ];
    const { made, log } = queue(() => (answers.shift() ?? (() => Promise.resolve(answer)))());
    for (const label of ['a', 'b', 'c']) made.add(edit(label));
    await made.settled();
    expect(log).toEqual(['stuck', 'saved a', 'refused b', 'conflict']);
  });

  it('is stuck no longer once what could not be sent is refused, or is in the library already', async () => {
    for (const status of [400, 409]) {
      const answers = [new RequestError('disk-full', 507, 'full'), new RequestError('other', status, 'no')];
      const told: boolean[] = [];
      const made = new SaveQueue({
        send: () => Promise.reject(answers.shift() ?? new Error('sent too often')),
        onSaved: () => undefined,
        onConflict: async () => [],
        onRefused: () => undefined,
        onStuck: (stuck) => told.push(stuck),
      });
      made.add(edit('a'));
      await made.settled();
      expect(told).toEqual([true, false]);
    }
  });

  it('sends what is added in the very moment in which the last one was saved', async () => {
    const sent: string[] = [];
    const made: SaveQueue = new SaveQueue({
      send: async ({ label }) => {
        sent.push(label);
        return answer;
      },
      onSaved: ({ label }) => label === 'a' && queueMicrotask(() => made.add(edit('b'))),
      onConflict: async (edits) => edits,
      onRefused: () => undefined,
      onStuck: () => undefined,
    });
    made.add(edit('a'));
    await made.settled();
    await made.settled();
    expect(sent).toEqual(['a', 'b']);
  });
});

describe('a Systola that was started anew', () => {
  it('refuses until its new address was opened: nothing is dropped meanwhile, and it is sent at once when it is back', async () => {
    const log: string[] = [];
    let letIn = false;
    const queue = new SaveQueue({
      send: () =>
        letIn
          ? Promise.resolve({} as AppendResponse)
          : Promise.reject(new RequestError('unauthorised', 401, 'used already')),
      onSaved: ({ label }) => log.push(`saved ${label}`),
      onConflict: async (edits) => edits,
      onRefused: ({ label }) => log.push(`refused ${label}`),
      onStuck: (stuck) => {
        log.push(stuck ? 'stuck' : 'free');
        letIn = true;
      },
    });
    queue.add({ label: 'a', changes: [] });
    while (!log.includes('stuck')) await Promise.resolve();
    await Promise.resolve();
    queue.hurry();
    await queue.settled();
    expect(log).toEqual(['stuck', 'saved a', 'free']);
  });
});

describe('answers to one question', () => {
  it('that arrive out of order: an older one changes nothing any more', async () => {
    const newest = new NewestAnswer();
    const [first, second, third] = [1, 2, 3].map(() => Promise.withResolvers<string>());
    const answers = [first!, second!, third!].map(({ promise }) => newest.ask(() => promise));
    second!.resolve('second');
    expect(await answers[1]).toBe('second');
    first!.resolve('first');
    expect(await answers[0]).toBe(null);
    third!.resolve('third');
    expect(await answers[2]).toBe('third');
    expect(await newest.ask(() => Promise.resolve('fourth'))).toBe('fourth');
  });

  it('that fail are told, unless a newer one is there', async () => {
    const newest = new NewestAnswer();
    const old = Promise.withResolvers<string>();
    const older = newest.ask(() => old.promise);
    await expect(newest.ask(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    expect(await newest.ask(() => Promise.resolve('here'))).toBe('here');
    old.reject(new Error('late'));
    expect(await older).toBe(null);
  });
});

describe('keys', () => {
  it('every action has a key of its own', () => {
    expect(new Set(actions.map(({ key }) => key)).size).toBe(actions.length);
  });

  it('a key that is given away is exchanged, so that no action is left without one', () => {
    const choices = givenKey('play', 'ArrowLeft', {});
    expect(forgottenKeys({ ...choices, 'size.left': 200 })).toEqual({
      'key.play': null,
      'key.previous-frame': null,
    });
    expect(actionFor('ArrowLeft', choices)).toBe('play');
    expect(keyOf('previous-frame', choices)).toBe('Space');
  });
});
