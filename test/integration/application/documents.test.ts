import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { AppendResponse, StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { buildReport, container, outline } from '../../fixtures/dicom/build-report.ts';
import { scannerReport } from '../../fixtures/dicom/scanner-report.ts';
import { withoutPrivateBlock } from '../../fixtures/dicom/stripped-report.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { documentStations } from './document-station.ts';
import { apicalClip, clipUid, studyUid } from './workstation.ts';

const station = documentStations();

const numbersReport = buildReport(scannerReport('srt'), { studyInstanceUid: studyUid });

/** A ventricle in the small clip, drawn by another program, in its own coordinates. */
const ring = Array.from({ length: 60 }, (_, index): Point => {
  const angle = (2 * Math.PI * index) / 60;
  return [56 + 20 * Math.sin(angle), 64 - 34 * Math.cos(angle)];
});
const foreign = (frame: number | null = 3, uid = '1.2.3.9.7', clip = clipUid) =>
  buildReport(
    container(
      ['126000', 'DCM', 'Imaging Measurement Report'],
      [
        container(
          ['126010', 'DCM', 'Imaging Measurements'],
          [
            container(
              ['125007', 'DCM', 'Measurement Group'],
              [
                outline(
                  'POLYLINE',
                  [...ring, ring[0]!].flatMap(([x, y]) => [x + 0.5, y + 0.5]),
                  clip,
                  frame,
                ),
              ],
            ),
          ],
        ),
      ],
    ),
    { studyInstanceUid: studyUid, sopInstanceUid: uid },
  );

/** The contours report of a study with a contour by hand, as another library exports it. */
async function exported(): Promise<{ readonly report: Uint8Array; readonly document: StudyDocument }> {
  const { json, send, take, study } = await station();
  await take({ 'clip.dcm': apicalClip() });
  const { head } = await study();
  const place = { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid };
  const changes = [1, 5].map((frame) => ({
    ...{ ...place, frame },
    ...{ before: null, after: manualTrace(40 + frame) },
  }));
  await json('POST', `studies/${studyUid}/revisions`, { head, label: 'drew', changes });
  const response = await send('GET', `studies/${studyUid}/exports/dicom-all-contours`);
  expect(response.status).toBe(200);
  return { report: new Uint8Array(await response.arrayBuffer()), document: await study() };
}

describe('a structured report that is imported', () => {
  it('is a document of its study, stored by its hash, once', async () => {
    const { take, study, json, path } = await station();
    expect(await take({ 'clip.dcm': apicalClip(), 'numbers.dcm': numbersReport })).toMatchObject({
      state: 'finished',
      accepted: 2,
      documents: 1,
      rejected: [],
    });
    const { clips, documents } = await study();
    expect(clips).toHaveLength(1);
    expect(documents).toMatchObject([
      { fileName: 'numbers.dcm', manufacturerModel: 'Model T', contours: null },
    ]);
    expect(documents[0]!.numbers).toHaveLength(11);
    expect(await json<StudySummary[]>('GET', 'studies')).toMatchObject([{ clips: 1, documents: 1 }]);
    expect(await take({ 'again.dcm': numbersReport })).toMatchObject({ accepted: 0, known: 1, documents: 0 });
    const changed = buildReport(scannerReport('sct'), { studyInstanceUid: studyUid });
    expect(await take({ 'other.dcm': changed })).toMatchObject({
      rejected: [{ code: 'duplicate-instance' }],
    });
    const stored = readdirSync(join(path, 'files'), { recursive: true }).map(String);
    expect(stored.filter((name) => name.endsWith('.dcm'))).toHaveLength(2);
  });

  it('changes none of our numbers', async () => {
    const { take, study, application } = await station();
    await take({ 'clip.dcm': apicalClip() });
    const before = await study();
    await take({ 'numbers.dcm': numbersReport });
    const after = await study();
    const settings = application.services.library.settings();
    const measured = (one: StudyDocument) => measureStudy(one.facts, one.clips, one.review, settings);
    expect(measured(after)).toEqual(measured(before));
    expect([after.facts, after.review, after.head]).toEqual([before.facts, before.review, before.head]);
  });

  it('of another patient does not share the study of its clips', async () => {
    const { take, json } = await station();
    const stranger = buildReport(scannerReport('srt'), { studyInstanceUid: studyUid, patientId: 'P-2' });
    await take({ 'clip.dcm': apicalClip(), 'stranger.dcm': stranger });
    expect(await json<StudySummary[]>('GET', 'studies')).toMatchObject([
      { clips: 0, documents: 1 },
      { clips: 1, documents: 0 },
    ]);
  });

  it('is listed again when the database is lost', async () => {
    const { path, take, application } = await station();
    await take({ 'clip.dcm': apicalClip(), 'numbers.dcm': numbersReport });
    await application.close();
    for (const name of readdirSync(path)) {
      if (name.startsWith('library.sqlite')) rmSync(join(path, name));
    }
    const again = await station(path);
    await again.application.services.watch.ended();
    const { documents } = await again.study();
    expect(documents).toMatchObject([{ manufacturerModel: 'Model T' }]);
    expect(documents[0]!.numbers).toHaveLength(11);
    expect(again.application.services.watch.state.notices).toMatchObject([{ code: 'files-taken-in' }]);
  });

  it('whose facts an older reader made is read again when the study is opened', async () => {
    const { path, take, application } = await station();
    await take({ 'clip.dcm': apicalClip(), 'numbers.dcm': numbersReport });
    await application.close();
    const database = new DatabaseSync(join(path, 'library.sqlite'));
    database.exec(
      `UPDATE documents SET reader_version = 1, facts = json_set(facts, '$.numbers', json('[]'))`,
    );
    database.close();
    const { documents } = await (await station(path)).study();
    expect(documents[0]!.numbers).toHaveLength(11);
    expect(documents[0]!.fileName).toBe('numbers.dcm');
  });
});

describe('contours of a Systola, in another library', () => {
  it('are there, exactly, where nothing was contoured; one step that can be undone and does not come again', async () => {
    const { report, document: written } = await exported();
    const { take, study, json, send } = await station();
    await take({ 'clip.dcm': apicalClip(), 'contours.dcm': report });
    const taken = await study();
    expect(taken.review.clips[clipUid]).toEqual(written.review.clips[clipUid]);
    expect(taken.review.readings).toEqual([taken.documents[0]!.sopInstanceUid]);
    expect(taken.history).toMatchObject([{ kind: 'edit', label: '2 contours of contours.dcm, as written' }]);
    await json('POST', `studies/${studyUid}/undo`);
    const undone = await study();
    expect(undone.review).toMatchObject({ readings: [], clips: { [clipUid]: { traces: {} } } });
    expect(undone.head).toBe(2);
    expect((await send('POST', `studies/${studyUid}/redo`)).status).toBe(201);
    expect((await study()).review).toEqual(taken.review);
  });

  it('wait for their clips', async () => {
    const { report, document: written } = await exported();
    const { take, study, use } = await station();
    await take({ 'contours.dcm': report });
    const waiting = await study();
    expect(waiting).toMatchObject({ clips: [], head: 0, documents: [{ contours: { kind: 'exact' } }] });
    const refused = await use(waiting.documents[0]!.sopInstanceUid);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('Import its clips first');
    await take({ 'clip.dcm': apicalClip() });
    expect((await study()).review.clips[clipUid]).toEqual(written.review.clips[clipUid]);
  });

  it('replace nothing that is there, and are offered', async () => {
    const { report, document: written } = await exported();
    const { take, study, json, use } = await station();
    await take({ 'clip.dcm': apicalClip() });
    const { head } = await study();
    const own = { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame: 0 };
    const changes = [{ ...own, before: null, after: manualTrace(50) }];
    await json('POST', `studies/${studyUid}/revisions`, { head, label: 'drew', changes });
    await take({ 'contours.dcm': report });
    const offered = await study();
    expect(offered.history).toHaveLength(1);
    expect(offered.review.readings).toEqual([]);
    const [document] = offered.documents;
    const { revision } = (await (await use(document!.sopInstanceUid)).json()) as AppendResponse;
    expect(revision.kind).toBe('edit');
    expect((await study()).review.clips[clipUid]!.traces).toEqual(written.review.clips[clipUid]!.traces);
    await json('POST', `studies/${studyUid}/undo`);
    expect((await study()).review.clips).toEqual(offered.review.clips);
  });

  it('do not take the place of a ruler or a view that a reader set before anything was contoured', async () => {
    const { report } = await exported();
    for (const said of [
      { slot: 'ruler', before: null, after: { from: [10, 10], to: [10, 60], distanceMm: 50 } },
      {
        slot: 'view',
        before: { code: 'a4c', source: 'file' },
        after: { code: 'a2c', source: 'user' },
      },
    ]) {
      const { take, study, json } = await station();
      await take({ 'clip.dcm': apicalClip() });
      const { head, review } = await study();
      const before = said.slot === 'view' ? review.clips[clipUid]!.view : null;
      const changes = [{ ...said, before, sopInstanceUid: clipUid }];
      await json('POST', `studies/${studyUid}/revisions`, { head, label: 'said', changes });
      await take({ 'contours.dcm': report });
      const after = await study();
      expect([said.slot, after.review.readings]).toEqual([said.slot, []]);
      expect(after.review.clips[clipUid]).toMatchObject({ [said.slot]: said.after });
    }
  });

  it('whose private block was taken away are fitted, and only when somebody says so', async () => {
    const { report, document: written } = await exported();
    const { take, study, use } = await station();
    await take({ 'clip.dcm': apicalClip(), 'contours.dcm': withoutPrivateBlock(report) });
    const offered = await study();
    expect(offered).toMatchObject({
      head: 0,
      documents: [{ bySystola: true, contours: { kind: 'fitted' } }],
    });
    expect((await use(offered.documents[0]!.sopInstanceUid)).status).toBe(201);
    const { review, history } = await study();
    expect(history[0]!.label).toBe('2 contours of contours.dcm, fitted');
    for (const frame of [1, 5]) {
      const [fitted, own] = [review, written.review].map(
        (one) => one.clips[clipUid]!.traces['lv-cavity']![frame]!,
      );
      expect(fitted!.source).toEqual({ kind: 'fitted' });
      const [area, ownArea] = [fitted!, own!].map((one) => polygonArea(tracePolyline(one)));
      expect(Math.abs(area! / ownArea! - 1)).toBeLessThan(0.005);
    }
  });
});

describe('outlines of another program', () => {
  it('become contours by fitting, half a pixel back, on their frame', async () => {
    const { take, study, use } = await station();
    await take({ 'clip.dcm': apicalClip(), 'foreign.dcm': foreign() });
    expect((await use('1.2.3.9.7')).status).toBe(201);
    const traces = (await study()).review.clips[clipUid]!.traces['lv-cavity']!;
    expect(Object.keys(traces)).toEqual(['2']);
    const curve = tracePolyline(traces[2]!);
    expect(Math.abs(polygonArea(curve) / polygonArea(ring) - 1)).toBeLessThan(0.02);
    expect(Math.min(...curve.map(([, y]) => y))).toBeCloseTo(30, 0);
  });

  it.each([
    ['a frame that the clip does not have', foreign(99)],
    ['a clip that the study does not have', foreign(3, '1.2.3.9.7', '1.9.9')],
  ])('on %s are refused in words', async (_what, bytes) => {
    const { take, use } = await station();
    await take({ 'clip.dcm': apicalClip(), 'foreign.dcm': bytes });
    expect((await use('1.2.3.9.7')).status).toBe(400);
  });

  it('of a document that the study does not have are not found', async () => {
    const { take, use } = await station();
    await take({ 'clip.dcm': apicalClip() });
    expect((await use('1.2.3')).status).toBe(404);
  });
});
