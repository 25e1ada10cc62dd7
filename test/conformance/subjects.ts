import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mark } from '../../core/mark/mark.ts';
import { SystolaError } from '../../core/error.ts';
import { createServices, type Services } from '../../main/application/services.ts';
import { exportSnapshot } from '../../main/application/export-snapshot.ts';
import type { ExportSnapshot } from '../../main/export/exporter.ts';
import {
  beatingTrace,
  beatingSize,
  beatingSop,
  beatingStudy,
  speckledBeatingClip,
} from '../end-to-end/beating-clip.ts';
import type { DicomOptions } from '../fixtures/dicom/build.ts';

const root = join(import.meta.dirname, '../..');
const recordings = process.env['SYSTOLA_TEST_DATA'] ?? null;

/** Studies that are exported to be checked. */
export interface Subject {
  readonly name: string;
  /** Files that have to be there; a line says when they are not. */
  readonly wants: readonly string[];
  /** Fills an empty library. */
  fill(services: Services, folder: string): Promise<void>;
}

const recording = (...path: readonly string[]): string =>
  join(recordings ?? '/no-recordings', 'dicom', ...path);

/** The same study, contoured by the model. */
const loops = (name: string, ...files: readonly string[]): Subject => ({
  name,
  wants: files,
  async fill(services) {
    await importFiles(services, files);
    for (const { sopInstanceUid } of clipsOf(services)) await contourByModel(services, sopInstanceUid);
  },
});

const marks: readonly Mark[] = [
  { kind: 'caliper', frame: 0, from: [60, 40], to: [100, 70] },
  { kind: 'caliper', frame: 0, from: [60, 50], to: [100, 70], name: 'LVIDd' },
  { kind: 'caliper', frame: 0, from: [60, 60], to: [66, 60], name: 'IVSd' },
  { kind: 'caliper', frame: 1, from: [60, 60], to: [65, 60], name: 'IVSd' },
  { kind: 'caliper', frame: 1, from: [90, 60], to: [95, 65], name: 'IVC diameter' },
  { kind: 'caliper', frame: 1, from: [90, 50], to: [95, 60], words: 'Perikarderguss, 確認' },
  { kind: 'note', frame: 1, at: [20, 30], text: 'Thrombus? – Größe prüfen, 確認' },
];

/** A built loop with the contours of a reader on every frame. */
const built = (name: string, options: DicomOptions = {}): Subject => ({
  name,
  wants: [],
  async fill(services, folder) {
    const path = join(folder, 'built.dcm');
    await writeFile(path, speckledBeatingClip(options));
    await importFiles(services, [path]);
    const frames = options.frames ?? beatingSize.frames;
    services.reviews.record(beatingStudy, {
      kind: 'edit',
      label: 'drew',
      changes: [
        ...Array.from({ length: frames }, (_, frame) => ({
          ...({ slot: 'trace', structure: 'lv-cavity', sopInstanceUid: beatingSop } as const),
          ...{ frame, before: null, after: beatingTrace(frame % (beatingSize.frames - 1)) },
        })),
        ...marks.map((after, index) => ({
          ...({ slot: 'mark', sopInstanceUid: beatingSop } as const),
          ...{ id: `00000000000${index}`, before: null, after },
        })),
      ],
    });
  },
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const subjects: readonly Subject[] = [
  loops('sample study', ...['a4c', 'a2c'].map((view) => join(root, 'assets/sample-study', `${view}.dcm`))),
  loops('DIRW0007', recording('acuson-sequoia-a4c', 'DIRW0007.dcm')),
  loops(
    'ACUSON biplane',
    ...[7, 8, 9, 10, 11, 12].map((n) =>
      recording('acuson-stress-rest', `I_0000${String(n).padStart(2, '0')}.dcm`),
    ),
  ),
  built('Latin and Japanese names', {
    patientName: utf8('Schmidt-Çelik^Łucja=山田^太郎=やまだ^たろう'),
    characterSet: ['ISO_IR 192'],
  }),
  built('Greek, Arabic and Hebrew names', {
    patientName: utf8('Παππάς^Ελένη=مريم=שרה'),
    characterSet: ['ISO_IR 192'],
  }),
  built('uncalibrated', { regions: [] }),
  built('600 frames', { frames: 600 }),
];

export const isHere = ({ wants }: Subject): boolean => wants.every((path) => existsSync(path));

/** What is exported of each study of the subject. The library is gone after the last one was taken. */
export async function* snapshotsOf(subject: Subject): AsyncGenerator<ExportSnapshot> {
  const folder = await mkdtemp(join(tmpdir(), 'systola-conformance-'));
  const services = await createServices({
    libraryPath: join(folder, 'library'),
    modelFolders: [join(root, 'models/shipped')],
    recogniserFolders: [join(root, 'models/shipped-views')],
  });
  try {
    await subject.fill(services, folder);
    for (const { studyInstanceUid } of services.library.summaries()) {
      yield exportSnapshot(services, await services.documents.open(studyInstanceUid));
    }
  } finally {
    await services.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function importFiles({ imports }: Services, paths: readonly string[]): Promise<void> {
  const ended = await imports.ended(imports.start([...paths]).importId);
  if (ended.state !== 'finished') throw new Error(`${paths.join(', ')}: ${ended.state}`);
}

const clipsOf = ({ library }: Services) =>
  library.summaries().flatMap(({ studyInstanceUid }) => library.study(studyInstanceUid).clips);

/** A clip that the model does not contour, such as another view, stays as it is. */
async function contourByModel({ runs }: Services, sopInstanceUid: string): Promise<void> {
  try {
    await runs.start(sopInstanceUid);
    await runs.ended(sopInstanceUid);
  } catch (error) {
    if (!(error instanceof SystolaError) || error.code !== 'bad-request') throw error;
  }
}
