import { createHash } from 'node:crypto';
import { readWithDcmjs, type ReadDataSet, type ReadElement } from '../fixtures/dicom/dcmjs.ts';
import { below, readReport } from '../fixtures/dicom/read-report.ts';
import type { ExportedObject } from './exported-object.ts';
import type { PythonReader } from './python-reader.ts';

export interface Compared {
  /** Elements that both read, nested ones too. */
  readonly elements: number;
  readonly problems: readonly string[];
}

/** Reads a file with dcmjs and with pydicom, and compares every element; regions of TID 1500 with highdicom. */
export async function compareReaders(
  { path, bytes }: Pick<ExportedObject, 'path' | 'bytes'>,
  python: PythonReader,
): Promise<Compared> {
  const answer = await python.read(path);
  if (answer.elements === undefined)
    return { elements: 0, problems: [`pydicom: ${answer.error ?? 'nothing'}`] };
  const problems = answer.warnings.map((warning) => `pydicom: ${warning}`);
  const elements = compare(plain(readWithDcmjs(bytes).dict), answer.elements, '', problems);
  if (answer.regions !== undefined) {
    const drawn = below(readReport(bytes).root).filter(
      ({ type, name }) => type === 'SCOORD' && name === 'DCM 111030',
    );
    if (answer.regions !== drawn.length)
      problems.push(`highdicom finds ${answer.regions} regions of ${drawn.length}`);
  }
  return { elements, problems };
}

type Plain = Readonly<Record<string, readonly unknown[]>>;

const bulk = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);
const numbers = new Set(['AT', 'DS', 'IS', 'FD', 'FL', 'SL', 'SS', 'SV', 'UL', 'US', 'UV']);

const plain = (dataSet: ReadDataSet): Plain =>
  Object.fromEntries(Object.entries(dataSet).map(([tag, element]) => [tag, values(element)]));

function values({ vr, Value }: ReadElement): readonly unknown[] {
  const present = (Value ?? []).filter((value) => value !== undefined && value !== null && value !== '');
  if (vr === 'SQ') return present.map((item) => plain(item as ReadDataSet));
  if (bulk.has(vr)) {
    return present.map((value) =>
      createHash('sha256')
        .update(Buffer.from(value as ArrayBuffer))
        .digest('hex'),
    );
  }
  if (numbers.has(vr)) return present.map(Number);
  if (vr === 'PN') return present.map(nameText);
  return present.map(String);
}

/** dcmjs gives a name in its groups. */
function nameText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, string | undefined>;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}

/** Adds what differs to the problems; returns how many elements were compared. */
function compare(one: Plain, other: Plain, at: string, problems: string[]): number {
  let count = 0;
  for (const tag of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const [left, right] = [one[tag] ?? [], other[tag] ?? []];
    count += 1;
    const isSame =
      left.length === right.length &&
      left.every((value, index) => typeof value === 'object' || isSameValue(value, right[index]));
    if (!isSame)
      problems.push(
        `${at}${tag}: dcmjs ${JSON.stringify(left).slice(0, 80)}, pydicom ${JSON.stringify(right).slice(0, 80)}`,
      );
    left.forEach((item, index) => {
      if (typeof item === 'object' && item !== null)
        count += compare(item as Plain, (right[index] ?? {}) as Plain, `${at}${tag}[${index}].`, problems);
    });
  }
  return count;
}

const utf8 = new TextEncoder();
const windows1252 = new TextDecoder('windows-1252');

/** dcmjs reads names inside of sequences without the character set that the object states. */
function isSameValue(dcmjs: unknown, pydicom: unknown): boolean {
  if (Object.is(dcmjs, pydicom)) return true;
  return typeof pydicom === 'string' && windows1252.decode(utf8.encode(pydicom)) === dcmjs;
}
