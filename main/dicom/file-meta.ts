import type { ByteSource } from './byte-source.ts';
import { possibleHeaders, readTag, type ElementHeader } from './element-header.ts';
import { dataSetEncoding, isMetaElement } from './file-start.ts';
import { isUid } from './uid.ts';

/** What is used of the file meta information (PS3.10 section 7.1); null where it is missing or unusable. */
export interface FileMeta {
  readonly transferSyntaxUid: string | null;
  readonly sopClassUid: string | null;
  readonly sopInstanceUid: string | null;
  /** Where the data set begins. */
  readonly end: number;
  readonly damagedParts: number;
}

const explicit = { explicit: true, littleEndian: true } as const;
/** File meta information is short; past a damaged element the next one is looked for this far. */
const searchBytes = 4096;
const groupLengthTag = 0x0002_0000;
const sopClassTag = 0x0002_0002;
const sopInstanceTag = 0x0002_0003;
const transferSyntaxTag = 0x0002_0010;

/**
 * Reads group 0002 element by element; its group length is not believed, but where an element ends that it says is the
 * last, nothing else is looked for: what follows may be deflated, and looks like anything. A damaged element is stepped
 * over. Ends where the group does.
 */
export function readMeta(source: ByteSource, start: number): FileMeta {
  const uids = new Map<number, string>();
  let damagedParts = 0;
  let position = start;
  const stated = statedEnd(source, start);
  while (position + 8 <= source.size) {
    const tag = readTag(source, position, true);
    if (tag === null || tag >>> 16 !== 2) break;
    const headers = possibleHeaders(source, position, explicit);
    const header = headers.find((candidate) => endOf(candidate) === stated || isFollowed(source, candidate));
    if (header === undefined) {
      const next = nextElement(source, position + 4);
      const [likeliest] = headers;
      if (next !== null) {
        damagedParts += 1;
        noteUid(source, tag, likeliest, next, uids);
        position = next;
        continue;
      }
      if (likeliest === undefined || endOf(likeliest) > source.size) {
        position = source.size;
        break;
      }
    }
    const chosen = header ?? headers[0]!;
    noteUid(source, tag, chosen, endOf(chosen), uids);
    position = endOf(chosen);
  }
  return {
    transferSyntaxUid: uids.get(transferSyntaxTag) ?? null,
    sopClassUid: uids.get(sopClassTag) ?? null,
    sopInstanceUid: uids.get(sopInstanceTag) ?? null,
    end: position,
    damagedParts,
  };
}

function endOf({ valueOffset, length }: ElementHeader): number {
  return valueOffset + length;
}

/** Where the group ends by its own length (0002,0000); null where it does not begin with one. */
function statedEnd(source: ByteSource, start: number): number | null {
  const [header] =
    readTag(source, start, true) === groupLengthTag ? possibleHeaders(source, start, explicit) : [];
  if (header?.length !== 4) return null;
  const bytes = source.read(header.valueOffset, 4);
  if (bytes.length < 4) return null;
  return endOf(header) + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

/** The value is followed by the next element of the group, by a data set, or by nothing. */
function isFollowed(source: ByteSource, header: ElementHeader): boolean {
  const end = endOf(header);
  if (end > source.size) return false;
  return end === source.size || isMetaElement(source, end) || dataSetEncoding(source, end, null) !== null;
}

function nextElement(source: ByteSource, from: number): number | null {
  const last = Math.min(from + searchBytes, source.size - 8);
  for (let position = from; position <= last; position += 1) {
    if (isMetaElement(source, position)) return position;
  }
  for (let position = from; position <= last; position += 1) {
    if (dataSetEncoding(source, position, null, 3) !== null) return position;
  }
  return null;
}

/** A UID up to the first byte that cannot belong to one: values with a wrong length run into what follows. */
function noteUid(
  source: ByteSource,
  tag: number,
  header: ElementHeader | undefined,
  end: number,
  uids: Map<number, string>,
): void {
  if (header === undefined || end <= header.valueOffset || uids.has(tag)) return;
  const bytes = source.read(header.valueOffset, Math.min(end - header.valueOffset, 66));
  const [text] = /^[0-9.]*/.exec(Buffer.from(bytes).toString('latin1').trim()) ?? [''];
  if (text !== undefined && isUid(text)) uids.set(tag, text);
}
