import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { Change } from '../../../core/review/review.ts';
import { exportSnapshot } from '../../../main/application/study-export.ts';
import { StudyDeidentifier } from '../../../main/application/study-deidentifier.ts';
import { ClipThread } from '../../../main/deidentify/thread/clip-thread.ts';
import { analysisJson } from '../../../main/export/analysis-json.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { wholePicture } from '../../fixtures/deidentify/deidentified.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { sampleSnapshot } from '../report/sample-snapshot.ts';
import { upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});
const sample = join(import.meta.dirname, '../../../assets/sample-study');
const never = new AbortController().signal;

async function station() {
  const { application } = await workstation(folder());
  running.push(application);
  return application;
}

const ejection = (
  application: Awaited<ReturnType<typeof station>>,
): readonly (readonly [string, number])[] => {
  const { library } = application.services;
  const [summary] = library.summaries();
  const { facts, clips, review } = library.study(summary!.studyInstanceUid);
  return measureStudy(facts, clips, review, library.settings())
    .measurements.filter(({ name }) => ['EF', 'EDV', 'ESV'].includes(name))
    .map(({ name, value }) => [name, value] as const);
};

const drawn = (sopInstanceUid: string, traces: Readonly<Record<number, Trace>>): Change[] =>
  Object.entries(traces).map(([frame, after]) => ({
    ...{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid, frame: Number(frame), before: null, after },
  }));

describe('a study that leaves the library without its patient', () => {
  it('needs a tick for every clip, and has its ejection fraction when it is read again', async () => {
    const first = await station();
    const files = {
      'a4c.dcm': readFileSync(join(sample, 'a4c.dcm')),
      'a2c.dcm': readFileSync(join(sample, 'a2c.dcm')),
    };
    await upload(first, files);
    const { library, masks, documents, reviews } = first.services;
    const [summary] = library.summaries();
    const study = summary!.studyInstanceUid;
    const { document } = sampleSnapshot();
    const label = 'contours of the phantom';
    const changes = Object.entries(document.review.clips).flatMap(([uid, { traces }]) =>
      drawn(uid, traces['lv-cavity'] ?? {}).map((change) => ({
        ...change,
        after: { ...(change as { after: Trace }).after, source: { kind: 'manual' }, confidence: null },
      })),
    ) as Change[];
    reviews.record(study, { kind: 'edit', label, changes });
    const before = ejection(first);
    expect(before.map(([name]) => name).toSorted()).toEqual(['EDV', 'EF', 'ESV']);

    const options = { library, masks, preset: 'sharing' } as const;
    const opened = await documents.open(study);
    await expect(StudyDeidentifier.of(options, opened)).rejects.toMatchObject({
      code: 'bad-request',
      file: expect.stringContaining('.dcm') as string,
    });
    for (const { sopInstanceUid } of opened.clips) await masks.check(sopInstanceUid, wholePicture);

    const out = join(folder(), 'out');
    mkdirSync(out);
    const deidentifier = await StudyDeidentifier.of(options, opened);
    await using thread = new ClipThread();
    const written: string[] = [];
    for await (const { name } of deidentifier.writeClips(out, thread, never)) written.push(name);
    expect(readdirSync(out).toSorted()).toEqual(written.toSorted());
    const key = join(library.path, 'deidentification.key');
    expect(existsSync(key)).toBe(true);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const mapping = deidentifier.mapping();
    expect(mapping.map(({ newSopInstanceUid }) => `${newSopInstanceUid}.dcm`).toSorted()).toEqual(
      written.toSorted(),
    );
    expect(library.audit.entries().some(({ detail }) => 'deidentificationMapping' in detail)).toBe(true);

    const snapshot = deidentifier.snapshot(exportSnapshot(first.services, opened));
    const hashes = [...(await snapshot.files()).values()].map(({ sha256 }) => sha256);
    expect(new Set(hashes).size).toBe(2);
    const exported = JSON.parse(Buffer.from(await analysisJson.write(snapshot)).toString()) as Analysis;

    const second = await station();
    const again = await upload(
      second,
      Object.fromEntries(written.map((name) => [name, readFileSync(join(out, name))])),
    );
    expect(again).toMatchObject({ accepted: 2, rejected: [] });
    const found = second.services.library.study(second.services.library.summaries()[0]!.studyInstanceUid);
    expect(found.facts.patient.patientId).toMatch(/^S-/);
    const restored = exported.studies[0]!.clips.flatMap(({ sopInstanceUid, traces }) =>
      traces.map(({ frame, points, apex }) => ({
        ...{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid, frame, before: null },
        after: {
          points,
          apexIndex: points.findIndex(([x, y]) => x === apex?.[0] && y === apex[1]),
          source: { kind: 'manual' },
          confidence: null,
        },
      })),
    ) as Change[];
    second.services.reviews.record(found.facts.studyInstanceUid, { kind: 'edit', label, changes: restored });
    expect(ejection(second)).toEqual(before);
  }, 240_000);

  it('leaves nothing half written when it is stopped', async () => {
    const first = await station();
    await upload(first, { 'a4c.dcm': readFileSync(join(sample, 'a4c.dcm')) });
    const { library, masks, documents } = first.services;
    const opened = await documents.open(library.summaries()[0]!.studyInstanceUid);
    await masks.check(opened.clips[0]!.sopInstanceUid, wholePicture);
    const deidentifier = await StudyDeidentifier.of({ library, masks, preset: 'internal' }, opened);
    const out = folder();
    const stop = new AbortController();
    await using thread = new ClipThread();
    const writing = (async () => {
      for await (const _ of deidentifier.writeClips(out, thread, stop.signal)) expect.fail('It was stopped.');
    })();
    setTimeout(() => stop.abort(new Error('stopped')), 300);
    await expect(writing).rejects.toThrow('stopped');
    expect(readdirSync(out)).toEqual([]);
  }, 60_000);
});
