import { MemorySource, type ByteSource } from '../dicom/byte-source.ts';
import { undefinedLength } from '../dicom/data-set.ts';
import { possibleHeaders, type ElementEncoding } from '../dicom/element-header.ts';
import { transferSyntax } from '../dicom/transfer-syntax.ts';
import { isUid } from '../dicom/uid.ts';

/** As much of a data set as is looked at: the UIDs stand among its first elements. */
export const instanceHeadBytes = 8192;

const classTag = 0x0008_0016;
const instanceTag = 0x0008_0018;

export interface NamedInstance {
  readonly sopClassUid: string | null;
  readonly sopInstanceUid: string | null;
}

/**
 * Class and instance that a data set names in its first bytes; null what they do not say, as those of a deflated one. A
 * sender whose command says something else has mixed up two objects.
 */
export function namedInstance(head: Uint8Array, transferSyntaxUid: string): NamedInstance {
  const syntax = transferSyntax(transferSyntaxUid);
  const found = new Map<number, string>();
  if (syntax !== null && !syntax.deflated) {
    const source = new MemorySource(head);
    const encoding: ElementEncoding = { explicit: syntax.explicitVr, littleEndian: !syntax.bigEndian };
    for (const { tag, value } of firstElements(source, encoding)) {
      const text = Buffer.from(value)
        .toString('latin1')
        .replace(/[\0 ]+$/, '');
      if ((tag === classTag || tag === instanceTag) && isUid(text)) found.set(tag, text);
    }
  }
  return { sopClassUid: found.get(classTag) ?? null, sopInstanceUid: found.get(instanceTag) ?? null };
}

/** Elements up to the instance's UID, as long as their lengths are stated and they lie within the bytes. */
function* firstElements(
  source: ByteSource,
  encoding: ElementEncoding,
): Generator<{ readonly tag: number; readonly value: Uint8Array }> {
  for (let position = 0; position + 8 <= source.size;) {
    const [header] = possibleHeaders(source, position, encoding);
    if (header === undefined || header.tag > instanceTag || header.length === undefinedLength) return;
    const end = header.valueOffset + header.length;
    if (end > source.size) return;
    yield { tag: header.tag, value: source.read(header.valueOffset, header.length) };
    position = end;
  }
}
