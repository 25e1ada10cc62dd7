/*
 * The application with one thing to do again and again, meant to be killed in the middle. What it prints has been
 * acknowledged: a line of JSON for each thing that its caller would take for done, written before anything else happens.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppendResponse, StudyDocument, StudySummary } from '../../core/api/requests.ts';
import { createApplication } from '../../main/hosts/application.ts';
import { exportStudy } from '../../main/application/study-export.ts';
import { reportPdf } from '../../main/export/report-pdf.ts';
import { writeAtomically } from '../../main/files/write-atomically.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { manualTrace } from '../fixtures/library/facts.ts';
import { writeBackup } from '../../main/backup/write-backup.ts';
import type { VictimKind } from './plan.ts';
import { apexOfDeleted } from './promised.ts';
import { correctPatients, removeAll, settle } from './victim-care.ts';
import { say } from './victim-line.ts';
import { restoreAgainAndAgain } from './victim-restores.ts';
import { cavityTraces } from '../../core/review/traces.ts';

const [kind, libraryPath = '', models = '', source = '', out = ''] = process.argv.slice(2) as [
  VictimKind,
  ...string[],
];
// What restores opens and closes the library itself.
if (kind === 'restores') await restoreAgainAndAgain(libraryPath, out);
const application = await createApplication({
  libraryPath,
  modelFolders: [models],
  host: 'loopback',
});
const { services } = application;
await services.watch.ended();
say({ open: true });

switch (kind) {
  case 'start':
    // Killed on the way here, or just after.
    setInterval(() => undefined, 1000);
    break;
  case 'edits':
    for (let step = 0; ; step += 1) await edit(step);
    break;
  case 'imports':
    await importAll();
    break;
  case 'edits-and-imports':
    void importAll();
    for (let step = 0; ; step += 1) await edit(step);
    break;
  case 'models':
    for (const name of readdirSync(source).sort()) {
      await services.modelAdditions.addFolder(join(source, name), AbortSignal.timeout(600_000));
      say({ model: name });
    }
    break;
  case 'reports':
    for (let written = 0; source !== 'once' || written === 0; written += 1) {
      const pdf = await exportStudy(services, await firstDocument(), reportPdf);
      await writeAtomically(join(out, 'report.pdf'), pdf);
      say({ report: createHash('sha256').update(pdf).digest('hex') });
    }
    break;
  case 'removals':
    await removeAll(json, services, await contouredStudies());
    break;
  case 'patients':
    await correctPatients(json);
    break;
  case 'backups':
    for (let step = 0; ; step += 1) {
      await edit(step);
      say({ backup: await backUp() });
    }
    break;
  case 'settles':
    await settle(services);
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { 'content-type': 'application/json' };
  const request = new Request(`http://127.0.0.1/api/${path}`, { method, headers, ...init });
  const response = await application.fetch(request);
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? null : await response.json()) as T;
}

async function firstDocument(): Promise<StudyDocument> {
  const studies = await json<StudySummary[]>('GET', 'studies');
  return json<StudyDocument>('GET', `studies/${studies.at(-1)?.studyInstanceUid}`);
}

async function edit(step: number): Promise<void> {
  const document = await firstDocument();
  await contour(document, step, manualTrace(40 + (document.head % 1000) / 100));
}

async function contour(
  { facts, clips, review, head }: StudyDocument,
  step: number,
  after: Trace,
): Promise<void> {
  const sopInstanceUid = clips[0]!.sopInstanceUid;
  const frame = step % 3;
  const before = cavityTraces(review.clips[sopInstanceUid])[frame] ?? null;
  const answer = await json<AppendResponse>('POST', `studies/${facts.studyInstanceUid}/revisions`, {
    head,
    label: `step ${step}`,
    changes: [{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid, frame, before, after }],
  });
  say({ revision: answer.head, study: facts.studyInstanceUid });
}

async function importAll(
  onTaken: (sopInstanceUid: string, study: string) => void = (clip) => say({ clips: [clip] }),
): Promise<void> {
  const { imports } = services;
  const { importId } = imports.start([source], {
    onTaken: ({ sopInstanceUid, studyInstanceUid }) => onTaken(sopInstanceUid, studyInstanceUid),
  });
  await imports.ended(importId);
}

/** Imports studies that nobody else looks at and draws one contour in each; their clips, by study. */
async function contouredStudies(): Promise<Map<string, string[]>> {
  const studies = new Map<string, string[]>();
  await importAll((clip, study) => studies.set(study, [...(studies.get(study) ?? []), clip]));
  say({ clips: [...studies.values()].flat() });
  for (const study of studies.keys()) {
    const document = await json<StudyDocument>('GET', `studies/${study}`);
    await contour(document, 0, manualTrace(apexOfDeleted(study)));
  }
  return studies;
}

async function backUp(): Promise<string> {
  const { signal } = new AbortController();
  const going = { signal, onProgress: () => undefined };
  const { state } = await writeBackup(services.library, join(out, 'backup'), 'kills', going);
  return state;
}
