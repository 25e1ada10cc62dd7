import type { Attributes } from '../../dicom/attributes.ts';
import type { TextVr as ReadTextVr } from '../../dicom/ceilings.ts';
import type { Attribute, NumberVr } from '../../dicom/write/attribute.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { element, inOrder, type DataSet, type Element } from '../../dicom/write/element.ts';
import { encodeDataSet, utf8Term } from '../../dicom/write/encode-data-set.ts';
import { NotWritable } from '../../dicom/write/not-writable.ts';

/** Attributes of a file, by our own names for them. */
export class FileKeys {
  readonly #attributes: Attributes;

  constructor(read: Attributes) {
    this.#attributes = read;
  }

  /** Value as it may be written; null where the file has none, or one that no DICOM file may hold. */
  text(attribute: Attribute<ReadTextVr>): string | null {
    const { vr } = attribute;
    const stated = this.#attributes.text(tagOf(attribute), vr);
    if (stated === null) return null;
    // Dates with points and times with colons are those of before DICOM 3.
    const value =
      vr === 'DA' ? stated.replaceAll('.', '') : vr === 'TM' ? stated.replaceAll(':', '') : stated;
    return isWritable(element(attribute, value)) ? value : null;
  }

  number(attribute: Attribute<NumberVr & 'IS'>): number | null {
    const value = this.#attributes.number(tagOf(attribute), attribute.vr);
    return value !== null && isWritable(element(attribute, value)) ? value : null;
  }

  items(attribute: Attribute<'SQ'>): FileKeys[] {
    return this.#attributes.items(tagOf(attribute)).map((item) => new FileKeys(item));
  }
}

const tagOf = ({ tag }: Attribute): string => `x${tag.toString(16).padStart(8, '0')}`;

function isWritable(one: Element): boolean {
  try {
    encodeDataSet([element(attributes.SpecificCharacterSet, utf8Term), one]);
    return true;
  } catch (error) {
    if (error instanceof NotWritable) return false;
    throw error;
  }
}

/** Keys of a record in their order, with the character set where ASCII does not do. */
export function recordKeys(keys: readonly Element[]): DataSet {
  const isPlain = keys.every((key) => isAscii(key));
  const declared = isPlain ? [] : [element(attributes.SpecificCharacterSet, utf8Term)];
  return inOrder([...declared, ...keys]);
}

const isAscii = ({ values }: Element): boolean =>
  values.every((value) =>
    Array.isArray(value)
      ? (value as DataSet).every(isAscii)
      : typeof value !== 'string' || /^\p{ASCII}*$/u.test(value),
  );
