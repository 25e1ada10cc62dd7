import { type Action, actionOf } from '../../core/deidentify/action.ts';
import { keptAttributes } from '../../core/deidentify/kept-attributes.ts';
import { knownAge } from '../../core/deidentify/known-age.ts';
import type { Policy } from '../../core/deidentify/policy.ts';
import { profileRow, profileTable } from '../../core/deidentify/profile-table.ts';
import { shiftedDate } from '../../core/deidentify/shifted-date.ts';
import type { ByteSource } from '../dicom/byte-source.ts';
import type { TextDecoding } from '../dicom/character-set.ts';
import { type DataSet, type Element, tagName } from '../dicom/data-set.ts';
import type { WantedSequences } from '../dicom/data-set-walker.ts';
import { maxValueBytes } from '../dicom/limits.ts';
import type { Identifiers } from './identifiers.ts';
import { mostBytesOf, type OutElement, type OutItem, paddedValue, textValue } from './out-element.ts';
import type { ProjectKey } from './project-key.ts';
import { dummyValue, hasForm, isBinaryOf, isTextVr, isWordsVr, valuesOf } from './value-form.ts';

/** What the values of a file are replaced by, and what is known of the file. */
export interface DataSetContext {
  readonly source: ByteSource;
  readonly decoding: TextDecoding;
  readonly policy: Policy;
  readonly key: ProjectKey;
  /** Whom the file is of. */
  readonly patient: string;
  readonly identifiers: Identifiers;
}

const dicomRoot = '1.2.840.10008.';
const manufacturer = 0x0008_0070;
const modelName = 0x0008_1090;
const timezone = 0x0008_0201;
const codeMeaning = 0x0008_0104;
const schemeTag = tagName(0x0008, 0x0102);
/** Coding schemes whose meanings a standard prints. */
const publicSchemes = new Set(['DCM', 'SCT', 'SRT', 'SNM3', 'LN', 'UCUM']);

/** Sequences that may have to be looked into: those that something keeps. */
export function sequencesToRead(policy: Policy): WantedSequences {
  const sequences = new Map<string, string | null>();
  const note = (tag: number): void => {
    if (actionOf(tag, policy) === 'keep') sequences.set(nameOf(tag), null);
  };
  for (const [tag, { vrs }] of keptAttributes) if (vrs.includes('SQ')) note(tag);
  for (const { tag, vr } of profileTable) if (vr === 'SQ') note(Number.parseInt(tag, 16));
  for (const tag of policy.choices.keys()) note(tag);
  // A region that has lost its sequence is known again by its box, as in reading.
  return sequences.set('x00186011', 'x00186018');
}

/**
 * A data set of which only that is left which table E.1-1, the list of kept attributes or a person lets through. Values
 * that stay are copied as they are, as far as they have the form of their attribute and name nobody.
 */
export function deidentifiedDataSet(dataSet: DataSet, context: DataSetContext, within = 0): OutItem {
  const elements = [...dataSet.elements.values()].flatMap((element) => {
    const tag = Number.parseInt(element.tag.slice(1), 16);
    const action = actionOf(tag, context.policy, within, element.vr);
    const out = new ElementCleaner(context, dataSet, element, tag).by(action, within);
    return out === null ? [] : [out];
  });
  return elements.toSorted((a, b) => a.tag - b.tag);
}

/** One element, and what can become of it. */
class ElementCleaner {
  readonly #context: DataSetContext;
  readonly #dataSet: DataSet;
  readonly #element: Element;
  readonly #tag: number;
  /** VRs that the attribute may have, the usual one first. */
  readonly #vrs: readonly string[];

  constructor(context: DataSetContext, dataSet: DataSet, element: Element, tag: number) {
    this.#context = context;
    this.#dataSet = dataSet;
    this.#element = element;
    this.#tag = tag;
    const listed = keptAttributes.get(tag)?.vrs ?? [profileRow(tag)?.vr ?? '*'];
    this.#vrs = listed[0] === '*' ? [element.vr ?? 'UN'] : listed;
  }

  by(action: Action, within: number): OutElement | null {
    const { key, patient } = this.#context;
    switch (action) {
      case 'remove':
        return null;
      case 'empty':
        return this.#empty();
      case 'dummy':
        return this.#dummy();
      case 'uid':
        return this.#replaced((uid) => key.uid(uid));
      case 'alias':
        return this.#replaced((text) => key.alias(text));
      case 'pseudonym':
        return this.#text(key.pseudonym(patient));
      case 'age':
        return this.#replaced(knownAge);
      case 'shift':
        return this.#shifted(within);
      case 'keep':
        return this.#kept();
    }
  }

  get #vr(): string {
    return this.#vrs[0] ?? 'UN';
  }

  #empty(): OutElement {
    return { tag: this.#tag, vr: this.#vr, value: this.#vr === 'SQ' ? [] : new Uint8Array() };
  }

  #text(text: string): OutElement {
    return { tag: this.#tag, vr: this.#vr, value: textValue(this.#vr, text) };
  }

  #dummy(): OutElement {
    const value = dummyValue(this.#vr);
    if (typeof value === 'string') return this.#text(value);
    return { tag: this.#tag, vr: this.#vr, value };
  }

  /** Every value replaced; null, so that the element goes, where one cannot be. An empty element stays empty. */
  #replaced(by: (value: string) => string | null): OutElement | null {
    const text = this.#decoded(this.#vr);
    if (text === null) return this.#element.length === 0 ? this.#empty() : null;
    const values = text.split('\\').map((value) => (value.trim() === '' ? '' : by(value.trim())));
    return values.includes(null) ? null : this.#text(values.join('\\'));
  }

  #shifted(within: number): OutElement | null {
    const { key, patient, policy } = this.#context;
    const unshifted = (): OutElement | null => {
      const options = new Set([...policy.options].filter((option) => option !== 'modifiedDates'));
      const choices = new Map([...policy.choices].filter(([tag]) => tag !== this.#tag));
      return this.by(actionOf(this.#tag, { options, choices }, within), within);
    };
    if (this.#vr === 'DA' || this.#vr === 'DT') {
      const days = key.shiftDays(patient);
      return this.#replaced((value) => shiftedDate(value, days)) ?? unshifted();
    }
    if (this.#vr === 'TM') return this.#kept() ?? unshifted();
    if (this.#tag === timezone && /^\s*[-+]\d{4}\s*$/.test(this.#decoded('SH') ?? '')) return this.#kept();
    return unshifted();
  }

  #kept(): OutElement | null {
    if (this.#vr === 'SQ' || this.#element.items.length > 0) return this.#keptItems();
    const { vr: stated, length } = this.#element;
    const tag = this.#tag;
    // A number that was written as another kind of number is that kind.
    const vr = stated !== null && this.#mayBe(stated) ? stated : this.#vr;
    if (length === 0) return { tag, vr, value: new Uint8Array() };
    const bytes = this.#bytes();
    if (bytes === null || bytes.length > mostBytesOf(vr)) return null;
    if (!isTextVr(vr)) return this.#keptBinary(vr, bytes);
    const text = this.#decoded(vr);
    if (text === null) return { tag, vr, value: new Uint8Array() };
    if (!hasForm(vr, text)) return null;
    if (vr === 'UI' && !this.#isChosen && valuesOf(vr, text).some((uid) => !uid.startsWith(dicomRoot))) {
      return this.#mayKeepUid ? this.#copied(vr, bytes) : this.#replaced((uid) => this.#context.key.uid(uid));
    }
    if (isWordsVr(vr) && this.#isWatched && this.#context.identifiers.standIn(text)) return null;
    return this.#copied(vr, bytes);
  }

  #keptBinary(vr: string, bytes: Uint8Array): OutElement | null {
    const several = this.#isChosen || (keptAttributes.get(this.#tag)?.several ?? true);
    if (!isBinaryOf(vr, bytes.length, several)) return null;
    if (!this.#isChosen && this.#context.identifiers.standInBytes(bytes)) return null;
    return { tag: this.#tag, vr, value: paddedValue(vr, bytes) };
  }

  /** The bytes of a text, without anything that hides behind its end. */
  #copied(vr: string, bytes: Uint8Array): OutElement {
    const nul = bytes.indexOf(0);
    const shown = nul < 0 ? bytes : bytes.subarray(0, nul);
    return { tag: this.#tag, vr, value: paddedValue(vr, shown) };
  }

  #keptItems(): OutElement | null {
    const items = this.#element.items
      .map((item) => deidentifiedDataSet(item, this.#context, this.#tag))
      .filter((item) => item.length > 0);
    if (items.length === 0 && this.#element.items.length > 0) return null;
    return { tag: this.#tag, vr: 'SQ', value: items };
  }

  #mayBe(stated: string): boolean {
    return this.#vrs.includes(stated) || (isNumeric(stated) && this.#vrs.some(isNumeric));
  }

  /** A person said that this attribute stays. */
  get #isChosen(): boolean {
    return this.#context.policy.choices.get(this.#tag) === 'keep';
  }

  /** UIDs of instances, which the preset keeps. */
  get #mayKeepUid(): boolean {
    return profileRow(this.#tag)?.basic === 'U';
  }

  /** Whether a name in the text would be somebody's: not in what standards print, nor in who made the scanner. */
  get #isWatched(): boolean {
    if (this.#isChosen || this.#tag === manufacturer || this.#tag === modelName) return false;
    if (this.#tag !== codeMeaning) return true;
    const scheme = this.#dataSet.elements.get(schemeTag);
    if (scheme === undefined) return true;
    const { source } = this.#context;
    const bytes = source.read(scheme.offset, Math.min(scheme.length, 16));
    return !publicSchemes.has(Buffer.from(bytes).toString('latin1').replace(/\0/g, '').trim());
  }

  #bytes(): Uint8Array | null {
    const { offset, length } = this.#element;
    if (length > maxValueBytes) return null;
    const bytes = this.#context.source.read(offset, length);
    return bytes.length === length ? bytes.slice() : null;
  }

  /** Text without padding; null where there is none, or too much. */
  #decoded(vr: string): string | null {
    const bytes = this.#bytes();
    if (bytes === null) return null;
    const nul = bytes.indexOf(0);
    const shown = nul < 0 ? bytes : bytes.subarray(0, nul);
    const text = this.#context.decoding.decode(shown, vr === 'PN').replace(/ +$/, '');
    return text.trim() === '' ? null : text;
  }
}

const isNumeric = (vr: string): boolean =>
  ['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'SV', 'UL', 'US', 'UV'].includes(vr);

const nameOf = (tag: number): string => tagName(tag >>> 16, tag & 0xffff);
