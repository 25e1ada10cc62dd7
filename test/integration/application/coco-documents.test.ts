import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { ReadingPreview } from '../../../core/document/reading-preview.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import type { AppendResponse } from '../../../core/api/requests.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { hasLandmarks } from '../../../core/trace/trace.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { documentStations } from './document-station.ts';
import { apicalClip, clipUid, studyUid } from './workstation.ts';

const folder = temporaryFolders();
const station = documentStations();

/** A ventricle with a flat base, in our pixels, and as an annotation tool writes it. */
const ventricle = Array.from({ length: 41 }, (_, index): Point => {
  const angle = Math.PI * (1 - index / 40);
  return [56 + 20 * Math.cos(angle), 90 - 60 * Math.sin(angle)];
});
const narrow = ventricle.flatMap(([x, y]) => [56.5 + (x - 56) * 0.7, y + 0.5]);
const polygon = ventricle.flatMap(([x, y]) => [x + 0.5, y + 0.5]);
const coco = (changes: Record<string, unknown> = {}): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({
      licenses: [{ name: '', id: 0, url: '' }],
      info: { contributor: '', description: '' },
      categories: [
        { id: 1, name: 'lv-cavity', supercategory: '' },
        { id: 2, name: 'valve', supercategory: '' },
      ],
      images: [
        { id: 1, width: 112, height: 128, file_name: `${clipUid}/frame_000003.png` },
        { id: 2, width: 112, height: 128, file_name: `${clipUid}/frame_000005.png` },
      ],
      annotations: [
        { id: 1, image_id: 1, category_id: 1, segmentation: [polygon], iscrowd: 0 },
        { id: 2, image_id: 2, category_id: 1, segmentation: [polygon], iscrowd: 0 },
        { id: 3, image_id: 1, category_id: 2, segmentation: [polygon], iscrowd: 0 },
      ],
      ...changes,
    }),
  );

describe('a COCO file that is imported', () => {
  it('is offered to the study of its clips, replaces nothing, and comes as one step that undo takes back', async () => {
    const { take, study, use, json } = await station();
    await take({ 'clip.dcm': apicalClip() });
    const { head } = await study();
    const place = { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame: 3 };
    const own = manualTrace(40);
    await json('POST', `studies/${studyUid}/revisions`, {
      ...{ head, label: 'drew', changes: [{ ...place, before: null, after: own }] },
    });
    const before = await study();
    expect(await take({ 'instances_default.json': coco() })).toMatchObject({
      ...{ state: 'finished', accepted: 1, documents: 1, rejected: [] },
    });
    const offered = await study();
    expect([offered.review, offered.head]).toEqual([before.review, before.head]);
    const [document] = offered.documents;
    expect(document).toMatchObject({
      ...{ fileName: 'instances_default.json', title: 'COCO', studyInstanceUid: studyUid, bySystola: false },
      contours: { kind: 'fitted', clips: [{ sopInstanceUid: clipUid, contours: 2 }], leftOut: 1 },
    });

    const used = await use(document!.sopInstanceUid);
    expect(used.status, await used.clone().text()).toBe(201);
    await (used.json() as Promise<AppendResponse>);
    const after = await study();
    expect(after.history).toHaveLength(before.history.length + 1);
    expect(after.history.at(-1)).toMatchObject({
      label: '2 contours of instances_default.json, fitted',
    });
    const traces = after.review.clips[clipUid]!.traces['lv-cavity']!;
    for (const frame of [3, 5]) {
      const trace = traces[frame]!;
      expect(trace).toMatchObject({ source: { kind: 'fitted' }, confidence: null });
      if (!hasLandmarks(trace)) throw new Error('no landmarks');
      expect(Math.abs(polygonArea(tracePolyline(trace)) / polygonArea(ventricle) - 1)).toBeLessThan(0.005);
      expect(Math.hypot(trace.points[0]![0] - 36, trace.points[0]![1] - 90)).toBeLessThan(0.01);
    }
    expect(after.review.readings).toEqual([document!.sopInstanceUid]);
    expect(await take({ 'again.json': coco() })).toMatchObject({ accepted: 0, known: 1 });
  });

  it('says beforehand which ejection fraction it would give, and whether it says anything else than what is there', async () => {
    const { take, study, use, json, send } = await station();
    await take({ 'clip.dcm': apicalClip(), 'instances_default.json': coco() });
    const [document] = (await study()).documents;
    const preview = () =>
      json<ReadingPreview>('GET', `studies/${studyUid}/readings/${document!.sopInstanceUid}`);
    // Twice the same ventricle: contours alone, and no ejection.
    expect(await preview()).toEqual({ isSame: false, ejectionFraction: null });
    const wide = coco({
      annotations: [
        { id: 1, image_id: 1, category_id: 1, segmentation: [polygon], iscrowd: 0 },
        { id: 2, image_id: 2, category_id: 1, segmentation: [narrow], iscrowd: 0 },
      ],
    });
    await take({ 'other.json': wide });
    const [ejecting] = (await study()).documents.filter(({ fileName }) => fileName === 'other.json');
    const at = `studies/${studyUid}/readings/${ejecting!.sopInstanceUid}`;
    const promised = await json<ReadingPreview>('GET', at);
    expect(promised.ejectionFraction).toBeGreaterThan(20);
    expect((await study()).review.clips[clipUid]?.traces).toEqual({});
    await use(ejecting!.sopInstanceUid);
    const { facts, clips, review } = await study();
    const given = measureStudy(facts, clips, review, defaultSettings).measurements;
    expect(given.find(({ name }) => name === 'EF')?.value).toBe(promised.ejectionFraction);
    // It is what is there now, and the first one is not.
    expect((await json<ReadingPreview>('GET', at)).isSame).toBe(true);
    expect((await preview()).isSame).toBe(false);
    expect((await send('GET', `studies/${studyUid}/readings/1.2.3`)).status).toBe(404);
  });

  it('waits for nothing: without its clips it is refused with what to do, and nothing of it is kept', async () => {
    const { take, path } = await station();
    expect(await take({ 'instances.json': coco() })).toMatchObject({
      accepted: 0,
      rejected: [{ code: 'not-found', reason: expect.stringContaining('Import the clips first') }],
    });
    expect(
      readdirSync(join(path, 'files'), { recursive: true, withFileTypes: true }).filter((one) =>
        one.isFile(),
      ),
    ).toEqual([]);
  });

  it.each([
    ['other JSON', '{"info": 1}', 'not-dicom'],
    ['no JSON', '{"images": [', 'not-dicom'],
    ['a wrong place', coco({ images: [{ id: 1, width: 0, height: 1, file_name: 'x' }] }), 'malformed'],
    ['nothing that is outlined', coco({ annotations: [] }), 'malformed'],
  ])('is refused where it is %s', async (_what, content, code) => {
    const { take } = await station();
    await take({ 'clip.dcm': apicalClip() });
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const state = await take({ 'file.json': bytes });
    expect(state).toMatchObject({ accepted: 0, state: 'finished' });
    // What is no DICOM is passed over, as other files of a folder are.
    expect((state.rejected as { code: string }[]).map((one) => one.code)).toEqual(
      code === 'not-dicom' ? [] : [code],
    );
  });

  it('is listed again from the store when the database is lost, and read after the clips beside it', async () => {
    const path = folder();
    const given = folder();
    const first = await station(path);
    writeFileSync(join(given, 'a.json'), coco());
    writeFileSync(join(given, 'clip.dcm'), apicalClip());
    const { services } = first.application;
    const { importId } = services.imports.start([given], {});
    expect(await services.imports.ended(importId)).toMatchObject({ accepted: 2, documents: 1, rejected: [] });
    await first.application.close();
    for (const name of readdirSync(path)) if (name.startsWith('library.sqlite')) rmSync(join(path, name));
    const again = await station(path);
    await again.application.services.watch.ended();
    const { clips, documents } = await again.study();
    expect([clips, documents].map(({ length }) => length)).toEqual([1, 1]);
  });
});
