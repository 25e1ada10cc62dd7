import { reportFields } from '../../../core/review/report-field.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import schema from '../../../core/analysis/analysis.schema.json' with { type: 'json' };
import { analysisSchemaName } from '../../../core/analysis/analysis.ts';
import {
  appendRequestSchema,
  type AppendResponse,
  type ErrorResponse,
  type StudyDocument,
} from '../../../core/api/requests.ts';
import { largestCoordinate } from '../../../core/geometry/schema.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import type { Edit } from '../../../core/review/edit.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { analysedStudy } from '../../../main/export/analysed-study.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, microName, studyUid, upload, workstation } from './workstation.ts';
import { cavityTraces, traceAt } from '../../../core/review/traces.ts';

const folder = temporaryFolders();
const secondUid = `${studyUid}.2`;
const revisions = `studies/${studyUid}/revisions`;
let station: Awaited<ReturnType<typeof workstation>>;

beforeEach(async () => {
  station = await workstation(folder());
  const small = { rows: 64, columns: 64, frames: 4 };
  await upload(station.application, {
    'a4c.dcm': apicalClip({ ...small, patientId: 'P1' }),
    'a2c.dcm': apicalClip({ ...small, patientId: 'P1', sopInstanceUid: secondUid, regions: [] }),
  });
  await station.json('PUT', 'settings', { reader: 'Dr Ada' });
});
afterEach(() => station.application.close());

const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);

async function append(
  changes: readonly unknown[],
): Promise<{ status: number; body: AppendResponse & ErrorResponse }> {
  const { head } = await document();
  const response = await station.send('POST', revisions, { head, label: 'x', changes });
  return { status: response.status, body: (await response.json()) as AppendResponse & ErrorResponse };
}

const drawn = (after: unknown, frame = 0, before: unknown = null) => ({
  slot: 'trace',
  structure: 'lv-cavity',
  sopInstanceUid: clipUid,
  frame,
  before,
  after,
});
const decide = (before: string, after: string) => ({
  slot: 'decision',
  before: { state: before },
  after: { state: after },
});

describe('a decision', () => {
  it('is signed by the application, at the time of its revision', async () => {
    const { body } = await append([decide('pending', 'accepted')]);
    const { review } = await document();
    expect(review.decision).toMatchObject({ state: 'accepted', by: 'Dr Ada', at: body.revision.at });
    expect(body.revision.author).toBe('Dr Ada');
  });

  it.each([
    ['by whom', { by: 'Prof. Somebody Else' }],
    ['when', { at: '1999-01-01T00:00:00Z' }],
    ['something that it does not know', { urgency: 'x' }],
  ])('that says %s is refused', async (_, more) => {
    const decision = decide('pending', 'accepted');
    const { status, body } = await append([{ ...decision, after: { ...decision.after, ...more } }]);
    expect(status).toBe(400);
    expect(body.error.message).toContain('changes.0.after');
  });

  it('made on a state that the study is not in is a conflict', async () => {
    expect((await append([decide('accepted', 'rejected')])).status).toBe(409);
  });

  it('made again is of whoever makes it again; one that comes back is as it was', async () => {
    await append([decide('pending', 'accepted')]);
    const first = (await document()).review.decision;
    await append([drawn(manualTrace(30))]);
    expect((await document()).review.decision).toEqual({ state: 'pending' });
    await station.json('PUT', 'settings', { reader: 'Dr Bob' });
    await station.json('POST', `studies/${studyUid}/undo`);
    expect((await document()).review.decision).toEqual(first);
    await station.json('POST', `studies/${studyUid}/undo`);
    expect((await document()).review.decision).toEqual({ state: 'pending' });
    const { revision } = await station.json<AppendResponse>('POST', `studies/${studyUid}/redo`);
    expect((await document()).review.decision).toMatchObject({
      state: 'accepted',
      by: 'Dr Bob',
      at: revision.at,
    });
  });
});

describe('a contour by the model', () => {
  const invented = (source: object): unknown => ({ ...manualTrace(30), source, confidence: 0.9 });

  it.each([
    ['of no run', { kind: 'model', model: microName, sha256: 'a'.repeat(64) }],
    ['of a hash that is none', { kind: 'model', model: microName, sha256: 'x' }],
    ['with a long name', { kind: 'model', model: 'm'.repeat(65), sha256: 'a'.repeat(64) }],
    [
      'with more than it has',
      { kind: 'model', model: microName, sha256: 'a'.repeat(64), structure: 'left-atrium' },
    ],
    ['that a person drew, with a confidence', { kind: 'manual' }],
  ])('%s is refused', async (_, source) => {
    expect((await append([drawn(invented(source))])).status).toBe(400);
    expect((await document()).head).toBe(0);
  });

  it('that a run recorded can be put back on its frame, and only as it was', async () => {
    const { runs, library } = station.application.services;
    const traced = `${studyUid}.3`;
    await upload(station.application, {
      'more.dcm': apicalClip({ patientId: 'P1', sopInstanceUid: traced }),
    });
    await station.json('POST', `clips/${traced}/runs`, { model: microName });
    await runs.ended(traced);
    const { run, ...clip } = (await document()).review.clips[traced]!;
    const traces = cavityTraces({ run, ...clip });
    expect(run!.fileSha256).toBe(library.clip(traced).sha256);
    const [frame, made] = Object.entries(traces).map(([key, trace]) => [Number(key), trace] as const)[0]!;
    expect(made.source.kind).toBe('model');
    const on = (after: Trace, before: Trace | null, at = frame, sopInstanceUid = traced) => [
      { slot: 'trace', structure: 'lv-cavity', sopInstanceUid, frame: at, before, after },
    ];
    expect((await append(on(manualTrace(30), made))).status).toBe(201);
    expect((await append(on(made, manualTrace(30)))).status).toBe(201);
    expect(cavityTraces((await document()).review.clips[traced])[frame]).toEqual(made);

    const moved: Trace = { ...made, points: made.points.map(([x, y]) => [x + 0.5, y]) };
    const other = (frame + 1) % 8;
    expect((await append(on(moved, made))).status).toBe(400);
    expect((await append(on(made, traces[other] ?? null, other))).status).toBe(400);
    expect((await append(on(made, null, 0, clipUid))).status).toBe(400);
  });
});

describe('what a request says of the file', () => {
  it('has to be so: a view, a weight', async () => {
    const { review } = await document();
    const view = { slot: 'view', sopInstanceUid: clipUid, before: review.clips[clipUid]!.view };
    expect((await append([{ ...view, after: { code: 'a2c', source: 'file' } }])).status).toBe(400);
    expect((await append([{ ...view, after: { code: 'a2c', source: 'user' } }])).status).toBe(201);
    const weight = (source: string) => ({
      slot: 'body',
      before: review.body,
      after: { ...review.body, weightKg: { value: 70, source } },
    });
    expect((await append([weight('file')])).status).toBe(400);
    expect((await append([weight('user')])).status).toBe(201);
  });
});

describe('limits', () => {
  const withPoint = (x: unknown) => ({
    ...manualTrace(30),
    points: [[x, 80], ...manualTrace(30).points.slice(1)],
  });

  it.each([
    ['a coordinate of 1e300', drawn(withPoint(1e300))],
    ['a coordinate beyond the largest', drawn(withPoint(-largestCoordinate - 1))],
    ['a coordinate that is no number', drawn(withPoint('1'))],
    ['a frame that is no whole number', drawn(manualTrace(30), 0.5)],
    ['an unknown key of a contour', drawn({ ...manualTrace(30), structure: 'left-atrium' })],
    ['an unknown key of a change', { ...drawn(manualTrace(30)), colour: 'red' }],
    ['a structure that nobody knows', { ...drawn(manualTrace(30)), structure: 'aortic-root' }],
    ['an unknown slot', { slot: 'strain', sopInstanceUid: clipUid, before: null, after: null }],
    [
      'a ruler beyond the picture',
      {
        slot: 'ruler',
        sopInstanceUid: clipUid,
        before: null,
        after: { from: [0, 0], to: [0, 1e9], distanceMm: 9 },
      },
    ],
  ])('refuse %s', async (_, change) => {
    expect((await append([change])).status).toBe(400);
  });

  it('hold for settings, runs and sizes too', async () => {
    const layout = (entries: number) =>
      Object.fromEntries(Array.from({ length: entries }, (_, i) => [`k${i}`, i]));
    const put = async (settings: unknown) => (await station.send('PUT', 'settings', settings)).status;
    expect(await put({ remember: layout(201) })).toBe(400);
    expect(await put({ remember: layout(200) })).toBe(200);
    // With those that are kept already, in both directions.
    expect(await put({ remember: { another: 1 } })).toBe(400);
    expect(await put({ remember: { k0: null, another: 1 } })).toBe(200);
    expect(await put({ remember: { ['k'.repeat(97)]: 1 } })).toBe(400);
    expect(await put({ remember: { another: 'v'.repeat(10_001) } })).toBe(400);
    expect(await put({ remember: { another: 'v'.repeat(2 << 20) } })).toBe(413);
    expect(await put({ layout: {} })).toBe(400);
    expect(await put({ nodes: [] })).toBe(400);
    const run = await station.send('POST', `clips/${clipUid}/runs`, { model: 'm'.repeat(65) });
    expect(run.status).toBe(400);
    const known = await station.send('POST', `clips/${clipUid}/runs`, { models: microName });
    expect(known.status).toBe(400);
  });
});

/** Requests of every slot, up to their limits and at them. */
function edits(): fc.Arbitrary<Edit[]> {
  const coordinate = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: 0, max: 64, noNaN: true }) },
    { weight: 1, arbitrary: fc.double({ min: -largestCoordinate, max: largestCoordinate, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(0, -0, 5e-324, largestCoordinate, -largestCoordinate) },
  );
  const point = fc.tuple(coordinate, coordinate);
  const trace = fc
    .tuple(fc.array(point, { minLength: 5, maxLength: 200 }), fc.nat(), fc.constantFrom('manual', 'edited'))
    .map(([points, apex, kind]) => ({
      points,
      apexIndex: 1 + (apex % (points.length - 2)),
      source: kind === 'manual' ? { kind } : { kind, from: 'model' as const },
      confidence: null,
    }));
  const sopInstanceUid = fc.constantFrom(clipUid, secondUid);
  const frame = fc.nat(3);
  const beat = fc
    .tuple(frame, frame, fc.option(frame), fc.constantFrom('model', 'user'))
    .filter(([ed, es]) => ed !== es)
    .map(([edFrame, esFrame, nextEdFrame, source]) => ({ edFrame, esFrame, nextEdFrame, source }));
  const between = (min: number, max: number) =>
    fc.option(fc.double({ min, max, noNaN: true }).map((value) => ({ value, source: 'user' as const })));
  const slots = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        slot: fc.constant('trace'),
        sopInstanceUid,
        structure: fc.constant('lv-cavity'),
        frame,
        after: fc.option(trace),
      }),
    },
    fc.record({
      slot: fc.constant('beats'),
      sopInstanceUid,
      after: fc.option(fc.array(beat, { maxLength: 500 })),
    }),
    fc.record({
      slot: fc.constant('excludedBeats'),
      sopInstanceUid,
      after: fc.option(
        fc.uniqueArray(frame, { maxLength: 500 }).map((marks) => marks.toSorted((x, y) => x - y)),
      ),
    }),
    fc.record({
      slot: fc.constant('view'),
      sopInstanceUid,
      after: fc.record({
        code: fc.constantFrom('a4c', 'a2c', 'a3c', 'other', 'unknown'),
        source: fc.constantFrom('user', 'none'),
      }),
    }),
    fc.record({
      slot: fc.constant('mark'),
      sopInstanceUid,
      id: fc.constantFrom('00000000000a', '00000000000b'),
      after: fc.option(
        fc.oneof(
          fc.record({ kind: fc.constant('caliper'), frame, from: point, to: point }),
          fc.record({ kind: fc.constant('note'), frame, at: point, text: fc.constantFrom('a', '山', 'é 1') }),
        ),
      ),
    }),
    fc.record({
      slot: fc.constant('ruler'),
      sopInstanceUid,
      after: fc.option(
        fc.record({ from: point, to: point, distanceMm: fc.double({ min: 5e-324, max: 400, noNaN: true }) }),
      ),
    }),
    fc.record({
      slot: fc.constant('body'),
      after: fc.record({
        sex: fc.record({
          value: fc.constantFrom('male', 'female', 'other', 'unknown'),
          source: fc.constant('user'),
        }),
        heightCm: between(20, 260),
        weightKg: between(0.3, 400),
        heartRateBpm: between(15, 350),
      }),
    }),
    fc.record({
      slot: fc.constant('stage'),
      after: fc.option(
        fc.record({
          name: fc.option(fc.string({ maxLength: 64 })),
          number: fc.option(fc.maxSafeInteger()),
        }),
      ),
    }),
    fc.record({ slot: fc.constant('pair'), after: fc.option(fc.constant({ a4c: clipUid, a2c: secondUid })) }),
    fc.record({
      slot: fc.constant('text'),
      field: fc.constantFrom(...reportFields),
      after: fc.option(fc.record({ text: fc.constantFrom('', 'Normal.', 'a\nb', 'שלום', 'x'.repeat(4000)) })),
    }),
    fc.record({ slot: fc.constant('picture'), sopInstanceUid, after: fc.constant(null) }),
    fc.record({
      slot: fc.constant('decision'),
      after: fc.record({ state: fc.constantFrom('pending', 'accepted', 'rejected') }),
    }),
  );
  return fc.array(slots, { minLength: 1, maxLength: 12 }) as unknown as fc.Arbitrary<Edit[]>;
}

describe('any request that is accepted', () => {
  it('leaves a study that can be opened, reported and analysed', { timeout: 600_000 }, async () => {
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    const { library } = station.application.services;
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(edits(), fc.string({ minLength: 1, maxLength: 200 }), async (asked, label) => {
        const { head, review } = await document();
        // One change to a slot, made on what stands there.
        const bySlot = new Map(
          asked.map((edit) => [
            `${edit.slot}/${'field' in edit ? edit.field : ''}/${'sopInstanceUid' in edit ? edit.sopInstanceUid : ''}/${'frame' in edit ? edit.frame : 'id' in edit ? edit.id : ''}`,
            edit,
          ]),
        );
        const changes = [...bySlot.values()].map((edit) => {
          if (edit.slot === 'body') return { ...edit, before: review.body };
          if (edit.slot === 'decision') {
            // A study that was signed before is signed again for a reason.
            const reason = edit.after.state === 'accepted' ? { reason: 'looked again' } : {};
            return {
              ...edit,
              before: { state: review.decision.state },
              after: { ...edit.after, ...reason },
            };
          }
          if (edit.slot === 'stage' || edit.slot === 'pair' || edit.slot === 'prior')
            return { ...edit, before: review[edit.slot] };
          if (edit.slot === 'text') return { ...edit, before: review.texts[edit.field] ?? null };
          const clip = review.clips[edit.sopInstanceUid]!;
          return {
            ...edit,
            before:
              edit.slot === 'trace'
                ? traceAt(clip, edit.structure, edit.frame)
                : edit.slot === 'mark'
                  ? (clip.marks[edit.id] ?? null)
                  : clip[edit.slot],
          };
        });
        const request = { head, label, changes };
        expect(appendRequestSchema.safeParse(request).success).toBe(true);
        const { status } = await station.send('POST', revisions, request);
        expect(status).toBe(201);
        accepted += 1;

        const { facts, clips, documents, review: after, history } = await document();
        const report = await station.send('GET', `studies/${studyUid}/exports/pdf`);
        expect(report.status).toBe(200);
        expect((await report.arrayBuffer()).byteLength).toBeGreaterThan(1000);
        const measured = measureStudy(facts, clips, after, library.settings());
        const analysis = {
          schema: analysisSchemaName,
          notice: researchUseNotice,
          software: { name: 'Systola', version: '0' },
          model: null,
          studies: [
            analysedStudy(
              { facts, clips, documents, review: after, history },
              measured,
              ({ fileName }) => fileName,
            ),
          ],
          rejected: [],
        };
        const written = JSON.parse(JSON.stringify(analysis)) as unknown;
        expect(validate(written), JSON.stringify(validate.errors)).toBe(true);
        expect((await station.json<unknown[]>('GET', 'studies')).length).toBe(1);
      }),
      { numRuns: 40, seed: 2024, endOnFailure: true },
    );
    expect(accepted).toBeGreaterThanOrEqual(40);
  });
});
