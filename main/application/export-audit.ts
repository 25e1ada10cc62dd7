import { createHash } from 'node:crypto';
import { z } from 'zod';
import { presetNames } from '../../core/deidentify/preset.ts';
import { FileSource, MemorySource, type ByteSource } from '../dicom/byte-source.ts';
import { readHeader } from '../dicom/header.ts';
import type { CopiedFile, EarlierObject, ExportedFile } from '../export/exporter.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';

/** Where exported files went, as far as the application knows. */
export const exportDestinations = ['folder', 'zip', 'file', 'node'] as const;
export type ExportDestination = (typeof exportDestinations)[number];

const exportedFileSchema = z.object({
  /** Id of the format. */
  format: z.string(),
  /** In the folder or ZIP; what is given as one file has its name alone. */
  path: z.string(),
  sha256: z.string(),
  /** Of a DICOM object. */
  sopClassUid: z.string().optional(),
  sopInstanceUid: z.string().optional(),
  seriesInstanceUid: z.string().optional(),
  /** SOP Instance UID of the one clip that it is of. */
  clip: z.string().optional(),
});
/** One file that was exported. */
export type ExportedEntry = Readonly<z.infer<typeof exportedFileSchema>>;

const exportDetailSchema = z.object({
  /** Tells the entry of an export that failed at its very end from those of others. */
  export: z.string(),
  destination: z.enum(exportDestinations),
  formats: z.array(z.string()),
  /** The revision that was exported. */
  head: z.number(),
  /** The preset that the patient was taken out by. */
  deidentified: z.enum(presetNames).optional(),
  files: z.array(exportedFileSchema),
  /** All files of the study, and all that are of several: how many, and the SHA-256 of their list. */
  list: z.object({ files: z.number(), sha256: z.string() }),
  /** What could not be written, with the code of the reason. */
  refused: z.array(z.object({ format: z.string(), code: z.string() })).optional(),
  /** Clips and documents that were deleted and could still be taken back: they did not leave. */
  deletedLeftOut: z.number().optional(),
});
type ObjectUids = Pick<EarlierObject, 'sopClassUid' | 'sopInstanceUid' | 'seriesInstanceUid'>;

/** What the audit log says of an export, of each study for itself. */
export type ExportDetail = Readonly<z.infer<typeof exportDetailSchema>>;

/** An entry names so many files; a data set of thousands is told by the hash of its list. */
const mostFilesNamed = 200;
/** Formats whose objects came from elsewhere: nobody amends them here. */
const copied: ReadonlySet<string> = new Set(['clips', 'dicom-medium']);

/**
 * The files that an entry names: every object that was made here, by which an amended one finds its predecessor, and of
 * others as many as there is room for.
 */
export function namedFiles(entries: readonly ExportedEntry[]): ExportedEntry[] {
  const isOurs = ({ format, sopInstanceUid }: ExportedEntry): boolean =>
    sopInstanceUid !== undefined && !copied.has(format);
  let room = mostFilesNamed - entries.filter(isOurs).length;
  return entries.filter((entry) => isOurs(entry) || (room -= 1) >= 0);
}

/** The entry of a file from its bytes. */
export function exportedEntry(format: string, { path, bytes, clip }: ExportedFile): ExportedEntry {
  return {
    format,
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...uidsOf(new MemorySource(bytes)),
    ...(clip === undefined ? {} : { clip }),
  };
}

/** The entry of a file that was copied. */
export function copiedEntry(format: string, path: string, { copyOf, sha256 }: CopiedFile): ExportedEntry {
  using source = new FileSource(copyOf);
  return { format, path, sha256, ...uidsOf(source) };
}

/** UIDs of a DICOM object; none of other files, and of one that lacks them, as the index of a medium. */
function uidsOf(source: ByteSource): Partial<ObjectUids> {
  if (Buffer.from(source.read(128, 4)).toString('latin1') !== 'DICM') return {};
  const { attributes } = readHeader(source, 'export');
  const [sopClassUid, sopInstanceUid, seriesInstanceUid] = ['x00080016', 'x00080018', 'x0020000e'].map(
    (tag) => attributes.text(tag, 'UI'),
  );
  return sopClassUid && sopInstanceUid && seriesInstanceUid
    ? { sopClassUid, sopInstanceUid, seriesInstanceUid }
    : {};
}

/**
 * How many files there are, and the SHA-256 of their list: a line for each, by path, as `sha256sum` writes it
 * ("<sha256>  <path>"), so that anybody can compare it with what is on a disk.
 */
export function listOf(entries: readonly ExportedEntry[]): ExportDetail['list'] {
  const lines = entries.map(({ sha256, path }) => [path, `${sha256}  ${path}\n`] as const);
  const hash = createHash('sha256');
  for (const [, line] of lines.sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(line);
  return { files: entries.length, sha256: hash.digest('hex') };
}

/**
 * DICOM objects of a study that left in one format, the earliest first, each instance once; exports that failed are
 * none, and none those without their patient. An amended one names the last of them as its predecessor.
 */
export function earlierExports(library: Library, studyInstanceUid: string, format: string): EarlierObject[] {
  const withdrawn = new Set<string>();
  const found = new Map<string, EarlierObject & { readonly export: string }>();
  for (const { at, outcome, detail } of library.audit.entriesOf(studyInstanceUid, auditEvents.export)) {
    // Entries of before had the format and the revision alone.
    const { data } = exportDetailSchema.safeParse(detail);
    if (data === undefined) continue;
    // What left without its patient is no predecessor: a report that names it would tell whose it is.
    if (data.deidentified !== undefined) continue;
    if (outcome > auditOutcomes.minorFailure) withdrawn.add(data.export);
    for (const file of data.files) {
      const { format: written, sha256, sopClassUid, sopInstanceUid, seriesInstanceUid, clip = null } = file;
      if (written !== format || !sopClassUid || !sopInstanceUid || !seriesInstanceUid) continue;
      const key = `${data.export} ${sopInstanceUid}`;
      if (found.has(key)) continue;
      found.set(key, {
        ...{ sopClassUid, sopInstanceUid, seriesInstanceUid, sha256, at },
        ...{ clip, head: data.head, export: data.export },
      });
    }
  }
  const once = new Map<string, EarlierObject>();
  for (const { export: id, ...object } of found.values()) {
    if (!withdrawn.has(id) && !once.has(object.sopInstanceUid)) once.set(object.sopInstanceUid, object);
  }
  return [...once.values()];
}
