import { createHash } from 'node:crypto';
import type { FileOddity } from '../../core/clip/oddity.ts';
import type { Attributes } from './attributes.ts';
import type { ByteSource } from './byte-source.ts';
import type { FileMeta } from './file-meta.ts';
import { isUid } from './uid.ts';

/** The UIDs of an instance, and which of them the file does not have. */
export interface InstanceUids {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly oddities: readonly FileOddity[];
}

/** UID of a file that can have none, from what is in it. */
export const contentUid = (file: ByteSource): string => derivedUid('instance', [contentHash(file)]);

const hashedChunkBytes = 1 << 20;

/**
 * Devices exist that never write a UID. The instance then goes by its file header, else by the content of the file, so
 * that a copy is known again. Files without a study stay together where patient, date and time (or accession number)
 * are the same, else where the series is; with no such evidence each is a study of its own. Derived UIDs are made
 * under 2.25 (PS3.5 annex B.2) and are the same whenever the same file is read.
 */
export function instanceUids(attributes: Attributes, meta: FileMeta, file: ByteSource): InstanceUids {
  const oddities: FileOddity[] = [];
  const derived = (
    what: Extract<FileOddity, { kind: 'uid-derived' }>['what'],
    from: Extract<FileOddity, { kind: 'uid-derived' }>['from'],
    uid: string,
  ): string => {
    oddities.push({ kind: 'uid-derived', what, from });
    return uid;
  };
  const statedSeries = statedUid(attributes, 'x0020000e');
  const sopInstanceUid =
    statedUid(attributes, 'x00080018') ??
    (meta.sopInstanceUid === null
      ? derived('sop-instance', 'content', contentUid(file))
      : derived('sop-instance', 'file-header', meta.sopInstanceUid));
  const studyInstanceUid =
    statedUid(attributes, 'x0020000d') ??
    ((): string => {
      const evidence = examination(attributes);
      if (evidence !== null) return derived('study', 'patient-and-time', derivedUid('study', evidence));
      if (statedSeries !== null) return derived('study', 'series', derivedUid('study', [statedSeries]));
      return derived('study', 'content', derivedUid('study', [sopInstanceUid]));
    })();
  const seriesInstanceUid =
    statedSeries ??
    derived(
      'series',
      'study',
      derivedUid('series', [studyInstanceUid, attributes.text('x00200011', 'LO') ?? sopInstanceUid]),
    );
  return { sopInstanceUid, seriesInstanceUid, studyInstanceUid, oddities };
}

function statedUid(attributes: Attributes, tag: string): string | null {
  const value = attributes.text(tag, 'UI');
  return value !== null && isUid(value) ? value : null;
}

/** What tells one examination of one patient from every other; null when the file says too little. */
function examination(attributes: Attributes): readonly string[] | null {
  const text = (tag: string): string => attributes.identity(tag, 'LO') ?? '';
  const patientId = text('x00100020');
  const name = attributes.identity('x00100010', 'PN') ?? '';
  const birthDate = text('x00100030');
  const date = text('x00080020');
  const time = text('x00080030');
  const accession = text('x00080050');
  if (patientId === '' && (name === '' || birthDate === '')) return null;
  if (date === '' || (time === '' && accession === '')) return null;
  return [patientId, text('x00100021'), name, birthDate, date, time, accession, text('x00200010')];
}

/** 2.25 and 128 bits of a hash, written as one decimal number. */
export function derivedUid(what: string, parts: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([what, ...parts]))
    .digest('hex')
    .slice(0, 32);
  return `2.25.${BigInt(`0x${digest}`)}`;
}

function contentHash(file: ByteSource): string {
  const hash = createHash('sha256');
  for (let offset = 0; offset < file.size; offset += hashedChunkBytes) {
    hash.update(file.read(offset, hashedChunkBytes));
  }
  return hash.digest('hex');
}
