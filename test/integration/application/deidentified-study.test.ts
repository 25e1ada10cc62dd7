import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { Change } from '../../../core/review/review.ts';
import { Deidentification } from '../../../main/application/deidentification.ts';
import { exportSnapshot } from '../../../main/application/export-snapshot.ts';
import { patientMapping } from '../../../main/application/patient-mapping.ts';
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
  it('has no clip that nobody has looked at, and has its ejection fraction when it is read again', async () => {
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

    const opened = await documents.open(study);
    const options = { library, masks, preset: 'sharing', choices: new Map(), signal: never } as const;
    await using deidentification = await Deidentification.of(options);
    const whole = exportSnapshot(first.services, opened);
    const unticked = await deidentification.snapshot(whole);
    const uids = unticked.document.clips.map(({ sopInstanceUid }) => sopInstanceUid);
    expect(await Promise.all(uids.map((uid) => unticked.clip(uid)))).toEqual([null, null]);
    for (const { sopInstanceUid } of opened.clips) await masks.check(sopInstanceUid, wholePicture);

    const snapshot = await deidentification.snapshot(whole);
    const written: Record<string, Uint8Array> = {};
    for (const uid of uids) written[`${uid}.dcm`] = (await snapshot.clip(uid))!;
    const key = join(library.path, 'deidentification.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const mapping = await patientMapping(library, opened, 'sharing');
    expect(mapping.map(({ newSopInstanceUid }) => newSopInstanceUid)).toEqual(uids);
    expect(library.audit.entries().some(({ detail }) => detail['mapping'] === 'sharing')).toBe(true);
    const hashes = [...(await snapshot.files()).values()].map(({ sha256 }) => sha256);
    expect(new Set(hashes).size).toBe(2);
    const exported = JSON.parse(Buffer.from(await analysisJson.write(snapshot)).toString()) as Analysis;

    const second = await station();
    const again = await upload(second, written);
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
});
