import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import type { ExportSnapshot } from '../../main/export/exporter.ts';
import { isFolderExporter } from '../../main/export/any-exporter.ts';
import { dicomClips } from '../../main/export/dicom-clips.ts';
import { dicomMedium } from '../../main/export/dicom-medium.ts';
import { exporterOf, exportFormats } from '../../main/export/exporters.ts';
import { readWithDcmjs } from '../fixtures/dicom/dcmjs.ts';

/** A DICOM object that was exported, and where its file lies. */
export interface ExportedObject {
  /** Of what, by which format: "sample study, dicom-measurements". */
  readonly name: string;
  readonly format: string;
  readonly sopClassUid: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A study that a format does not write, and why not: what a rejected or empty study is met with. */
export interface RefusedObject {
  readonly name: string;
  readonly reason: string;
}

export interface WrittenObjects {
  readonly objects: readonly ExportedObject[];
  readonly refused: readonly RefusedObject[];
  /** Of all formats together. */
  readonly ms: number;
}

/** Writes the snapshot in every DICOM format into the folder; what a format refuses stands beside it with its reason. */
export async function writeObjects(
  subject: string,
  snapshot: ExportSnapshot,
  folder: string,
): Promise<WrittenObjects> {
  const objects: ExportedObject[] = [];
  const refused: RefusedObject[] = [];
  const started = performance.now();
  for (const { id, write } of dicomFormats()) {
    const name = `${subject}, ${id}`;
    try {
      let number = 0;
      for await (const bytes of write(snapshot)) {
        number += 1;
        const path = join(folder, `${subject.replaceAll(/\W+/g, '-')}-${id}-${number}.dcm`);
        await writeFile(path, bytes);
        const { meta } = readWithDcmjs(bytes);
        const sopClassUid = String(meta['00020002']?.Value[0]);
        objects.push({
          name: number === 1 ? name : `${name} ${number}`,
          format: id,
          sopClassUid,
          path,
          bytes,
        });
      }
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      refused.push({ name, reason: error.message });
    }
  }
  return { objects, refused, ms: performance.now() - started };
}

interface DicomFormat {
  readonly id: string;
  write(snapshot: ExportSnapshot): AsyncIterable<Uint8Array>;
}

/** Clips are what was imported; a medium holds them, and the objects that are looked at by themselves. */
function dicomFormats(): DicomFormat[] {
  return exportFormats()
    .filter(({ group, id }) => group === 'dicom' && id !== dicomMedium.id && id !== dicomClips.id)
    .map(({ id }) => {
      const exporter = exporterOf(id);
      return {
        id,
        async *write(snapshot) {
          if (!isFolderExporter(exporter)) return yield await exporter.write(snapshot);
          const files = exporter.files(only(snapshot), new AbortController().signal);
          for await (const file of files) if ('bytes' in file) yield file.bytes;
        },
      };
    });
}

async function* only(snapshot: ExportSnapshot): AsyncGenerator<ExportSnapshot> {
  yield await Promise.resolve(snapshot);
}
