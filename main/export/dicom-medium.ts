import { isDicomDocument } from '../../core/document/document-facts.ts';
import { SystolaError } from '../../core/error.ts';
import { namesPatient } from '../../core/export/identity.ts';
import { message } from '../../core/language/message.ts';
import { researchUseNotice } from '../../core/notice.ts';
import { defaultObjects } from './default-objects.ts';
import { noneChecked } from './dicom-clips.ts';
import {
  PicturesStay,
  type CopiedFile,
  type ExportedFile,
  type ExportSnapshot,
  type FolderExporter,
} from './exporter.ts';
import { filesOf } from './files-of.ts';

/** Clips and documents as they leave and the default DICOM objects as a medium that others open: file IDs and a DICOMDIR (PS3.10). */
export const dicomMedium: FolderExporter<ExportedFile | CopiedFile> = {
  id: 'dicom-medium',
  label: message('export.format.dicom-medium'),
  content: 'medium',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const [{ FileSource, MemorySource }, { recordedFile }, { Medium }] = await Promise.all([
      import('../dicom/byte-source.ts'),
      import('./medium/record-of-file.ts'),
      import('./medium/medium.ts'),
    ]);
    const medium = new Medium();
    for await (const snapshot of snapshots) {
      const { clips } = snapshot.document;
      const documents = snapshot.document.documents.filter(isDicomDocument);
      let study: ReturnType<typeof medium.study> | null = null;
      for (const { sopInstanceUid, fileName } of [...clips, ...documents]) {
        signal.throwIfAborted();
        const original = await leaving(snapshot, sopInstanceUid);
        if (original === null) continue;
        const { path, sha256 } = original;
        using source = new FileSource(path);
        const file = recordedFile(source, fileName);
        study ??= medium.study(snapshot, file);
        yield { path: study.add(file), copyOf: path, sha256 };
      }
      if (study === null && snapshot.deidentified !== null) throw noneChecked();
      if (study === null) continue;
      const there = new Set(documents.map(({ sopInstanceUid }) => sopInstanceUid));
      for await (const { bytes } of writable(snapshot, signal)) {
        const file = recordedFile(new MemorySource(bytes), 'an exported object');
        // What was exported and came back is the same instance.
        if (!there.has(file.sopInstanceUid)) yield { path: study.add(file), bytes };
      }
    }
    const notice = `Written by Systola. ${researchUseNotice}\r\n`;
    yield { path: 'README.TXT', bytes: new TextEncoder().encode(notice) };
    yield { path: 'DICOMDIR', bytes: medium.directory() };
  },
};

/** The file of a clip or document; null of a clip that stays behind, because nobody looked at its pictures. */
async function leaving(
  snapshot: ExportSnapshot,
  sopInstanceUid: string,
): Promise<{ readonly path: string; readonly sha256: string } | null> {
  try {
    return await snapshot.original(sopInstanceUid);
  } catch (error) {
    if (error instanceof PicturesStay) return null;
    throw error;
  }
}

/** The default objects of a study, without those that it has nothing for, or that do not leave without its patient. */
async function* writable(snapshot: ExportSnapshot, signal: AbortSignal): AsyncGenerator<ExportedFile> {
  for (const exporter of defaultObjects) {
    signal.throwIfAborted();
    if (snapshot.deidentified !== null && namesPatient(exporter.id)) continue;
    try {
      yield* filesOf(exporter, snapshot, signal);
    } catch (error) {
      if (!(error instanceof SystolaError) || error.code !== 'not-writable') throw error;
    }
  }
}
