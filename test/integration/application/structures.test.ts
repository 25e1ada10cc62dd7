import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type SessionInfo, type StudyDocument } from '../../../core/api/requests.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import { analysisSchema } from '../../../core/analysis/analysis.ts';
import type { Revision } from '../../../core/review/review.ts';
import type { Structure } from '../../../core/structure/structure.ts';
import { changeSchema } from '../../../core/review/schema.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { analysedStudy } from '../../../main/export/analysed-study.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

/** Nothing in the product knows it. */
const disc: Structure = {
  id: 'test-disc',
  words: 'test disc',
  landmarks: 'none',
  views: ['a4c'],
  colour: '#ff8800',
  code: { scheme: 'SCT', value: '52101004', meaning: 'Present' },
};

const ring = (radius: number): Trace => ({
  points: Array.from({ length: 12 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 12;
    return [60 + radius * Math.cos(angle), 60 + radius * Math.sin(angle)] as const;
  }),
  apexIndex: null,
  source: { kind: 'manual' },
  confidence: null,
});

async function opened(path: string) {
  const station = await workstation(path);
  running.push(station.application);
  const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
  const draw = async (structure: string, frame: number, before: Trace | null, after: Trace | null) => {
    const { head } = await document();
    const change = { slot: 'trace', structure, sopInstanceUid: clipUid, frame, before, after };
    return station.send('POST', `studies/${studyUid}/revisions`, { head, label: 'drew', changes: [change] });
  };
  return { ...station, document, draw };
}

describe('a structure that the library brings along', () => {
  it('is stored beside the ventricle, undone, kept over a restart, and written to analysis.json', async () => {
    const path = folder();
    writeFileSync(join(path, 'structures.json'), JSON.stringify([disc]));
    const first = await opened(path);
    expect((await first.json<SessionInfo>('GET', 'session')).structures.map(({ id }) => id)).toEqual([
      'lv-cavity',
      'lv-wall',
      'left-atrium',
      'test-disc',
    ]);
    await upload(first.application, { 'a4c.dcm': apicalClip() });
    for (const frame of [0, 4]) {
      expect((await first.draw('lv-cavity', frame, null, manualTrace(50 - frame))).status).toBe(201);
    }
    const numbers = ({ facts, clips, review }: StudyDocument) =>
      measureStudy(facts, clips, review, defaultSettings);
    const before = numbers(await first.document());

    expect((await first.draw('test-disc', 0, null, ring(20))).status).toBe(201);
    expect((await first.draw('test-disc', 0, ring(20), ring(24))).status).toBe(201);
    await first.json('POST', `studies/${studyUid}/undo`);
    expect((await first.document()).review.clips[clipUid]!.traces['test-disc']).toEqual({ 0: ring(20) });
    await first.json('POST', `studies/${studyUid}/redo`);
    await first.application.close();

    const second = await opened(path);
    const document = await second.document();
    expect(document.review.clips[clipUid]!.traces).toMatchObject({
      'test-disc': { 0: ring(24) },
      'lv-cavity': { 0: manualTrace(50), 4: manualTrace(46) },
    });
    const measured = numbers(document);
    expect(measured.measurements).toEqual(before.measurements);
    const written = analysedStudy(document, measured, () => 'a4c.dcm', new Set());
    const study = analysisSchema.shape.studies.element.parse(JSON.parse(JSON.stringify(written)));
    expect(study.clips[0]!.traces.map(({ structure, frame }) => [structure, frame])).toEqual([
      ['lv-cavity', 0],
      ['lv-cavity', 4],
      ['test-disc', 0],
    ]);
    expect(study.clips[0]!.traces[2]).toMatchObject({ hinges: null, apex: null, source: 'manual' });
    expect((await second.send('GET', `studies/${studyUid}/exports/pdf`)).status).toBe(200);
  });

  it('has the landmarks that it says, and one that nobody knows is not drawn', async () => {
    const path = folder();
    writeFileSync(join(path, 'structures.json'), JSON.stringify([disc]));
    const { application, draw } = await opened(path);
    await upload(application, { 'a4c.dcm': apicalClip() });
    for (const [structure, trace] of [
      ['test-disc', manualTrace(50)],
      ['lv-cavity', ring(20)],
      ['left-ear', ring(20)],
      ['Left Ear', ring(20)],
      ['__proto__', ring(20)],
    ] as const) {
      expect((await draw(structure, 0, null, trace)).status, structure).toBe(400);
    }
  });

  it('is refused where its file is none, by a sentence that names it', async () => {
    for (const text of [
      '',
      '{}',
      '[{"id":"A"}]',
      JSON.stringify([{ ...disc, colour: 'url(x)' }]),
      ' '.repeat(70_000),
    ]) {
      const path = folder();
      writeFileSync(join(path, 'structures.json'), text);
      await expect(workstation(path)).rejects.toMatchObject({ file: join(path, 'structures.json') });
    }
  });

  it('stays what it was where its file is gone', async () => {
    const path = folder();
    writeFileSync(join(path, 'structures.json'), JSON.stringify([{ ...disc, id: 'gone-disc' }]));
    const first = await opened(path);
    await upload(first.application, { 'a4c.dcm': apicalClip() });
    expect((await first.draw('gone-disc', 0, null, ring(20))).status).toBe(201);
    const document = await first.document();
    // As a process sees it that never knew the structure.
    const last = await first.json<Revision>('GET', `studies/${studyUid}/revisions/${document.head}`);
    const { structure } = last.changes[0] as { structure: string };
    expect(structure).toBe('gone-disc');
    const unknown = { ...last.changes[0], structure: 'never-known' };
    expect(changeSchema.safeParse(unknown).success).toBe(true);
  });
});
