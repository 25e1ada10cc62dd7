import { isDicomDocument } from '../../core/document/document-facts.ts';
import { SystolaError } from '../../core/error.ts';
import { message } from '../../core/language/message.ts';
import { researchUseNotice } from '../../core/notice.ts';
import { defaultObjects } from './default-objects.ts';
import type { CopiedFile, ExportedFile, ExportSnapshot, FolderExporter } from './exporter.ts';
import { filesOf } from './files-of.ts';

/** Original clips and documents and the default DICOM objects as a medium that others open: file IDs and a DICOMDIR (PS3.10). */
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
        const { path, sha256 } = await snapshot.original(sopInstanceUid);
        using source = new FileSource(path);
        const file = recordedFile(source, fileName);
        study ??= medium.study(snapshot.document, file);
        yield { path: study.add(file), copyOf: path, sha256 };
      }
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

/** The default objects of a study, without those that it has nothing for. */
async function* writable(snapshot: ExportSnapshot, signal: AbortSignal): AsyncGenerator<ExportedFile> {
  for (const exporter of defaultObjects) {
    signal.throwIfAborted();
    try {
      yield* filesOf(exporter, snapshot, signal);
    } catch (error) {
      if (!(error instanceof SystolaError) || error.code !== 'not-writable') throw error;
    }
  }
}
