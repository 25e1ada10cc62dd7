import type { Attributes } from '../attributes.ts';
import { refusal } from '../refusal.ts';
import { isUid } from '../uid.ts';
import {
  deepestItem,
  mostCoordinates,
  mostCoordinatesInAll,
  mostFramesOfRegion,
  mostItems,
} from './limits.ts';

/** A code as a file has it, whatever its scheme. */
export interface ReadCode {
  readonly scheme: string;
  readonly value: string;
  readonly meaning: string;
}

/** An item of a report's tree (PS3.3 section C.17.3), as far as it is used. What is missing or unusable is null. */
export interface ReadItem {
  readonly valueType: string;
  readonly relationship: string;
  readonly name: ReadCode | null;
  /** Of TEXT, UIDREF and PNAME. */
  readonly text: string | null;
  /** Of CODE. */
  readonly code: ReadCode | null;
  readonly number: { readonly value: number; readonly unit: ReadCode | null } | null;
  readonly graphic: { readonly type: string; readonly coordinates: readonly number[] } | null;
  readonly image: ReadReference | null;
  /** The item that stands in the place of this one, by its place in the tree; only items by reference have one. */
  readonly referenced: readonly number[] | null;
  readonly children: readonly ReadItem[];
}

export interface ReadReference {
  readonly sopInstanceUid: string;
  /** From 0; none where the whole image is meant. */
  readonly frames: readonly number[];
}

/** Sequences whose items are read. */
export const treeSequences: ReadonlyMap<string, null> = new Map(
  ['x0040a730', 'x0040a043', 'x0040a168', 'x0040a300', 'x004008ea', 'x00081199', 'x0040a504'].map((tag) => [
    tag,
    null,
  ]),
);

interface Budget {
  items: number;
  coordinates: number;
}

/**
 * The tree of a report. An item by reference stays the place that it names and is never followed here, so that no tree is
 * endless, whatever refers to what.
 *
 * @throws SystolaError `too-large` for more items or levels than any report has
 */
export function readTree(attributes: Attributes, fileName: string): ReadItem {
  return readItem(attributes, 0, { items: 0, coordinates: 0 }, fileName);
}

/** The item that an item by reference names; null where there is none, or it is one by reference itself. */
export function resolved(root: ReadItem, { referenced }: ReadItem): ReadItem | null {
  if (referenced === null || referenced[0] !== 1) return null;
  let item: ReadItem | undefined = root;
  for (const place of referenced.slice(1)) item = item?.children[place - 1];
  return item === undefined || item.referenced !== null ? null : item;
}

/** All items below one, in their order. */
export function* below(item: ReadItem): Generator<ReadItem> {
  for (const child of item.children) {
    yield child;
    yield* below(child);
  }
}

function readItem(from: Attributes, depth: number, budget: Budget, fileName: string): ReadItem {
  budget.items += 1;
  if (budget.items > mostItems) {
    throw refusal(
      'too-large',
      fileName,
      `The report has more than ${mostItems} items; no scanner writes as many.`,
    );
  }
  if (depth > deepestItem) {
    throw refusal(
      'too-large',
      fileName,
      `The report is nested more than ${deepestItem} deep; no template is.`,
    );
  }
  const valueType = from.text('x0040a040', 'CS') ?? '';
  return {
    valueType,
    relationship: from.text('x0040a010', 'CS') ?? '',
    name: codeIn(from, 'x0040a043'),
    text: textOf(from, valueType),
    code: valueType === 'CODE' ? codeIn(from, 'x0040a168') : null,
    number: valueType === 'NUM' ? numberIn(from) : null,
    graphic: valueType === 'SCOORD' ? graphicIn(from, budget) : null,
    image: valueType === 'IMAGE' ? imageIn(from) : null,
    referenced: referencedIn(from),
    children: from.items('x0040a730').map((child) => readItem(child, depth + 1, budget, fileName)),
  };
}

function codeIn(from: Attributes, tag: string): ReadCode | null {
  const item = from.items(tag)[0];
  // Codes longer than 16 characters, and those that are addresses, stand in attributes of their own (PS3.3 section 8.1).
  const value =
    item?.text('x00080100', 'SH') ?? item?.text('x00080119', 'LO') ?? item?.text('x00080120', 'LO');
  if (item === undefined || value === null || value === undefined) return null;
  return {
    value,
    scheme: item.text('x00080102', 'SH') ?? '',
    meaning: item.text('x00080104', 'LO') ?? '',
  };
}

function textOf(from: Attributes, valueType: string): string | null {
  switch (valueType) {
    case 'TEXT':
      return from.text('x0040a160', 'LT');
    case 'UIDREF':
      return from.text('x0040a124', 'UI');
    case 'PNAME':
      return from.text('x0040a123', 'PN');
    default:
      return null;
  }
}

/** The exact value where there is one beside the decimal (PS3.3 section C.18.1). */
function numberIn(from: Attributes): ReadItem['number'] {
  const measured = from.items('x0040a300')[0];
  const value = measured?.number('x0040a161', 'FD') ?? measured?.number('x0040a30a', 'DS');
  if (measured === undefined || value === null || value === undefined) return null;
  return { value, unit: codeIn(measured, 'x004008ea') };
}

function graphicIn(from: Attributes, budget: Budget): ReadItem['graphic'] {
  const coordinates = from.numbers('x00700022', 'FL', mostCoordinates + 1);
  budget.coordinates += coordinates.length;
  if (coordinates.length > mostCoordinates || budget.coordinates > mostCoordinatesInAll) return null;
  const type = from.text('x00700023', 'CS');
  return type === null || coordinates.length < 2 || coordinates.length % 2 === 1
    ? null
    : { type, coordinates };
}

function imageIn(from: Attributes): ReadReference | null {
  const item = from.items('x00081199')[0];
  const uid = item?.text('x00081155', 'UI') ?? null;
  if (item === undefined || uid === null || !isUid(uid)) return null;
  const frames = item.numbers('x00081160', 'IS', mostFramesOfRegion);
  return {
    sopInstanceUid: uid,
    frames: frames.filter((frame) => Number.isInteger(frame) && frame >= 1).map((frame) => frame - 1),
  };
}

function referencedIn(from: Attributes): readonly number[] | null {
  const place = from.numbers('x0040db73', 'UL', deepestItem + 1);
  return place.length === 0 ? null : place;
}
