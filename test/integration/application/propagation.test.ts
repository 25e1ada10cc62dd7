import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PropagationLine } from '../../../core/api/propagation.ts';
import type { AppendResponse, ErrorResponse, RunState, StudyDocument } from '../../../core/api/requests.ts';
import { message } from '../../../core/language/message.ts';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import type { Revision } from '../../../core/review/review.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { addCorrection } from '../../fixtures/models/correction.ts';
import { sha256Of } from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, microName, modelFolder, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

type Traces = Readonly<Record<number, Trace>>;
/** The micro model draws nothing on frame 4. */
const corrected = 1;
const shiftPx = 3;

const shifted = (trace: Trace, dx: number): Trace => ({
  ...trace,
  points: trace.points.map(([x, y]) => [x + dx, y] as const),
  source: { kind: 'edited', from: 'model' },
  confidence: null,
});

/** A clip that the model has run over, with one of its contours corrected. */
async function withCorrection(models?: string) {
  const station = await workstation(folder(), models);
  running.push(station.application);
  await upload(station.application, { 'a4c.dcm': apicalClip() });
  await station.json('PUT', 'settings', { provider: 'cpu' });
  const { json, send, application } = station;
  const document = () => json<StudyDocument>('GET', `studies/${studyUid}`);
  const traces = async (): Promise<Traces> =>
    (await document()).review.clips[clipUid]!.traces['lv-cavity'] as Traces;
  const run = async () => {
    await json<RunState>('POST', `clips/${clipUid}/runs`);
    await application.services.runs.ended(clipUid);
  };
  const correct = async (frame: number, dx = shiftPx) => {
    const { head } = await document();
    const before = (await traces())[frame]!;
    const change = { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame, before };
    await json('POST', `studies/${studyUid}/revisions`, {
      head,
      label: 'corrected',
      changes: [{ ...change, after: shifted(before, dx) }],
    });
  };
  const propose = async (request: object = {}) => {
    const response = await send('POST', `clips/${clipUid}/propagations`, request);
    if (!response.ok) return { error: ((await response.json()) as ErrorResponse).error, lines: [] };
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as PropagationLine);
    return { error: null, lines };
  };
  const idOf = (lines: readonly PropagationLine[]): string => {
    const last = lines.at(-1);
    return last?.type === 'proposal' ? last.id : '';
  };
  const keep = (id: string) => send('POST', `clips/${clipUid}/propagations/${id}/keep`);
  await run();
  return { ...station, document, traces, run, correct, propose, idOf, keep };
}

const moved = (before: Trace, after: Trace): number =>
  Math.max(...before.points.map(([x], index) => after.points[index]![0] - x));

describe('a propagation', () => {
  it('is proposed, changes nothing until it is kept, and is one step with its correction', async () => {
    const { json, document, traces, correct, propose, idOf, keep } = await withCorrection();
    const drawn = await traces();
    expect((await propose()).error).toMatchObject({ code: 'bad-request' });
    await correct(corrected);
    const before = await document();
    const { lines } = await propose();
    const [first] = lines;
    expect(first?.type).toBe('trace');
    expect(lines.at(-1)).toMatchObject({
      type: 'proposal',
      record: { way: 'displacement', anchors: [corrected], structure: 'lv-cavity', model: microName },
    });
    expect((await document()).review).toEqual(before.review);

    const response = await keep(idOf(lines));
    expect(response.status).toBe(201);
    const { revision } = (await response.json()) as AppendResponse;
    expect(revision).toMatchObject({
      kind: 'edit',
      label: expect.stringMatching(/moved after frame 2$/) as string,
    });
    const after = await traces();
    const beside = after[corrected + 1]!;
    expect(beside.source).toMatchObject({ kind: 'propagated', from: [corrected], way: 'displacement' });
    expect(moved(drawn[corrected + 1]!, beside)).toBeGreaterThan(0.6 * shiftPx);
    expect((await keep(idOf(lines))).status).toBe(409);
    expect((await propose()).error?.message).toContain('propagated already');

    await json('POST', `studies/${studyUid}/undo`);
    expect(await traces()).toEqual(drawn);
    await json('POST', `studies/${studyUid}/redo`);
    expect(await traces()).toEqual(after);
  });

  it('keeps to its range, and is refused where the contours changed since', async () => {
    const { traces, correct, propose, idOf, keep } = await withCorrection();
    await correct(corrected);
    const { lines } = await propose({ range: { from: corrected, to: corrected + 1 } });
    const frames = lines.flatMap((line) => (line.type === 'trace' ? [line.frame] : []));
    expect(frames).toEqual([corrected + 1]);
    await correct(corrected + 2);
    const refused = await keep(idOf(lines));
    expect(refused.status).toBe(409);
    expect(((await refused.json()) as ErrorResponse).error.message).toContain('Propagate again');
    // Both corrections go on together, and neither is moved by the other.
    const before = await traces();
    const both = await propose();
    expect((await keep(idOf(both.lines))).status).toBe(201);
    const after = await traces();
    for (const frame of [corrected, corrected + 2]) expect(after[frame]).toEqual(before[frame]);
    expect(after[corrected + 1]!.source).toMatchObject({ from: [corrected, corrected + 2] });
  });

  it('leaves nothing behind when it is dropped', async () => {
    const { send, correct, propose, idOf, keep } = await withCorrection();
    await correct(corrected);
    const { lines } = await propose();
    expect((await send('DELETE', `clips/${clipUid}/propagations/${idOf(lines)}`)).status).toBe(204);
    expect((await keep(idOf(lines))).status).toBe(409);
  });

  it('goes through the memory where that is asked for', async () => {
    const { correct, propose, idOf, keep, traces } = await withCorrection();
    await correct(corrected, 6);
    const { lines } = await propose({ way: 'memory', range: { from: 0, to: 7 } });
    const frames = lines.flatMap((line) => (line.type === 'trace' ? [line.frame] : []));
    expect(frames).not.toContain(corrected);
    expect(frames.length).toBeGreaterThan(2);
    expect((await keep(idOf(lines))).status).toBe(201);
    expect((await traces())[corrected + 1]!.source).toMatchObject({ kind: 'propagated', way: 'memory' });
  });
});

describe('a propagation through a correction network', () => {
  async function withNetwork(change?: Parameters<typeof addCorrection>[2]) {
    const models = await modelFolder(folder());
    const micro = join(models, microName);
    addCorrection(micro, 'sound', change);
    const station = await withCorrection(models);
    return { ...station, network: join(micro, 'correction.onnx') };
  }
  const framesOf = (lines: readonly PropagationLine[]): number[] =>
    lines.flatMap((line) => (line.type === 'trace' ? [line.frame] : []));

  it('is the model’s way where the manifest names one, and moves contours as the network does', async () => {
    const { document, traces, correct, propose, idOf, keep, network } = await withNetwork();
    const drawn = await traces();
    await correct(corrected, 6);
    const { lines } = await propose();
    expect(lines.at(-1)).toMatchObject({
      type: 'proposal',
      instead: null,
      record: {
        ...{ way: 'memory', anchors: [corrected], model: microName },
        sha256: sha256Of(readFileSync(network)),
      },
    });
    expect((await keep(idOf(lines))).status).toBe(201);
    const after = await traces();
    const beside = after[corrected + 1]!;
    expect(beside.source).toMatchObject({ kind: 'propagated', from: [corrected], way: 'memory' });
    // Where the ventricle was said to be and the model had not found it, and the other way round.
    expect(moved(drawn[corrected + 1]!, beside)).toBeGreaterThan(2);
    const { history } = await document();
    expect(history.at(-1)!.label).toContain(
      `by the correction network ${sha256Of(readFileSync(network)).slice(0, 12)}`,
    );
  });

  it('contours a frame by all corrections of the clip, and alike whatever the range', async () => {
    const { correct, propose } = await withNetwork({ manifest: (correction) => (correction.reach = 'clip') });
    await correct(corrected, 6);
    await correct(corrected + 2, -6);
    await correct(corrected + 5, 4);
    const tracesIn = (lines: readonly PropagationLine[]): Map<number, Trace> =>
      new Map(lines.flatMap((line) => (line.type === 'trace' ? [[line.frame, line.trace]] : [])));
    const whole = tracesIn((await propose()).lines);
    const range = { from: corrected, to: corrected + 1 };
    const part = tracesIn((await propose({ range })).lines);
    expect([...part.keys()]).toEqual([corrected + 1]);
    expect(part.get(corrected + 1)).toEqual(whole.get(corrected + 1));
    const followed = [...whole.values()].map(({ source }) => source.kind === 'propagated' && source.from);
    expect(followed).toContainEqual([corrected, corrected + 2, corrected + 5]);
  });

  it('ends where corrections by displacement end, or with the clip where the manifest says so', async () => {
    const reachOf = (lines: readonly PropagationLine[]) => {
      const last = lines.at(-1);
      return last?.type === 'proposal' ? last.reach : null;
    };
    const near = await withNetwork();
    await near.correct(corrected, 6);
    const displaced = await near.propose({ way: 'displacement' });
    expect(reachOf((await near.propose()).lines)).toEqual(reachOf(displaced.lines));
    const whole = await withNetwork({ manifest: (correction) => (correction.reach = 'clip') });
    await whole.correct(corrected, 6);
    const { lines } = await whole.propose();
    const frames = Object.keys((await whole.document()).review.clips[clipUid]!.traces['lv-cavity']!).length;
    expect(reachOf(lines)!.from).toBe(0);
    expect(reachOf(lines)!.to).toBeGreaterThanOrEqual(frames - 1);
    expect(framesOf(lines).length).toBeGreaterThan(framesOf(displaced.lines).length);
  });

  it.each([
    ['missing', (network: string) => rmSync(network), 'model-not-found', 'missing'],
    ['another', (network: string) => writeFileSync(network, 'another'), 'model-hash-mismatch', 'altered'],
  ] as const)(
    'that is %s is said: by displacement where nobody named a way, a refusal where memory was',
    async (_, spoil, code, reason) => {
      const { document, correct, propose, idOf, keep, run, traces, network } = await withNetwork();
      await correct(corrected, 6);
      spoil(network);
      const refused = await propose({ way: 'memory' });
      expect(refused.error).toMatchObject({ code, file: network });
      const { lines } = await propose();
      const last = lines.at(-1);
      expect(last).toMatchObject({ type: 'proposal', record: { way: 'displacement' } });
      const why = message(`models.correction.${reason}`, {
        model: microName,
        file: 'correction.onnx',
      });
      expect(last).toMatchObject({ instead: message('edit.propagation.instead', { reason: why }) });
      expect(framesOf(lines).length).toBeGreaterThan(0);
      expect((await keep(idOf(lines))).status).toBe(201);
      const { history } = await document();
      expect(history.at(-1)!.label).toContain('by displacement because');
      // The model contours as before.
      await run();
      const after = await traces();
      expect(after[corrected]!.source.kind).toBe('edited');
      expect(Object.values(after).some(({ source }) => source.kind === 'model')).toBe(true);
    },
  );
});

describe('a propagation of contours whose model is gone', () => {
  it('is by displacement, and says that the model is not there', async () => {
    const models = await modelFolder(folder());
    const { correct, propose } = await withCorrection(models);
    await correct(corrected);
    rmSync(join(models, microName), { recursive: true });
    const { lines } = await propose();
    const reason = message('edit.propagation.instead.no-model', { model: microName });
    expect(lines.at(-1)).toMatchObject({
      record: { way: 'displacement' },
      instead: message('edit.propagation.instead', { reason }),
    });
  });
});

describe('a propagation that nobody waits for any more', () => {
  it.each([
    ['before anything has come', false],
    ['while contours come', true],
  ])('ends %s and is no defect', async (_, read) => {
    const { application, correct } = await withCorrection();
    await correct(corrected, 6);
    const stderr = vi.spyOn(process.stderr, 'write');
    const { propagations } = application.services;
    const gone = new AbortController();
    const original = propagations.propose.bind(propagations);
    const propose = vi.spyOn(propagations, 'propose').mockImplementation((...asked) => {
      if (!read) gone.abort();
      return original(...asked);
    });
    try {
      const asked = application.fetch(
        new Request(`http://127.0.0.1/api/clips/${clipUid}/propagations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ way: 'memory', range: { from: 0, to: 7 } }),
          signal: gone.signal,
        }),
      );
      await vi.waitFor(() => expect(propose).toHaveBeenCalled());
      if (read) await (await asked).body!.getReader().read();
      if (read) gone.abort();
      const outcome = propose.mock.results[0]!.value as Promise<unknown>;
      await outcome.catch(() => undefined);
      await asked.then((response) => response.text()).catch(() => undefined);
      const said = stderr.mock.calls.map(([text]) => String(text)).join('');
      expect(said).not.toContain('internal error');
    } finally {
      stderr.mockRestore();
      propose.mockRestore();
    }
  });
});

describe('a run of another model', () => {
  it('keeps corrected frames and carries them on over what it draws', async () => {
    const models = await modelFolder(folder());
    const { json, document, traces, run, correct, propose, idOf, keep } = await withCorrection(models);
    await correct(corrected);
    await keep(idOf((await propose()).lines));
    const before = await traces();
    const manifest = join(models, microName, 'manifest.json');
    const read = JSON.parse(readFileSync(manifest, 'utf8')) as ModelManifest;
    writeFileSync(manifest, JSON.stringify({ ...read, threshold: 0.6 }));
    await run();
    const after = await traces();
    expect(after[corrected]).toEqual(before[corrected]);
    const { history, review } = await document();
    expect(history.map(({ kind }) => kind)).toEqual(['run', 'edit', 'edit', 'run', 'edit']);
    const second = await json<Revision>('GET', `studies/${studyUid}/revisions/${history[3]!.id}`);
    const { run: record, propagation } = review.clips[clipUid]!;
    const beneath = record?.covered?.['lv-cavity']?.[corrected];
    expect(beneath).toBeTruthy();
    expect(propagation?.anchors).toEqual([corrected]);
    const carried = Object.entries(after).filter(([, { source }]) => source.kind === 'propagated');
    expect(carried.length).toBeGreaterThan(0);
    // They stand on what the new model drew.
    for (const [frame, trace] of carried) expect(trace).not.toEqual(before[Number(frame)]);
    const found = Object.fromEntries(
      second.changes.flatMap((change) => (change.slot === 'trace' ? [[change.frame, change.after]] : [])),
    ) as Record<number, Trace>;
    for (const [frame, { points }] of carried) {
      expect(points).toHaveLength(found[Number(frame)]!.points.length);
      expect(points).not.toEqual(found[Number(frame)]!.points);
    }
  });
});
