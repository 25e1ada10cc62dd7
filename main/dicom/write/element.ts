import type { Attribute, NumberVr, Vr } from './attribute.ts';
import type { CompressedFrames } from './pixel-data.ts';

/** Attributes and their values, as they are written: in the order of their tags, none twice. */
export type DataSet = readonly Element[];

/** One value of an attribute; numbers of DS and IS are formatted by the writer. */
export type Value<V extends Vr = Vr> = V extends 'SQ'
  ? DataSet
  : V extends 'OB'
    ? Uint8Array | CompressedFrames
    : V extends NumberVr
      ? number
      : string;

export interface Element {
  readonly attribute: Attribute;
  /** None: the attribute is there and empty. */
  readonly values: readonly Value[];
}

/** An attribute with its values. */
export function element<V extends Vr>(attribute: Attribute<V>, ...values: Value<V>[]): Element {
  return { attribute, values };
}

/** An attribute that may have no value: null leaves it empty. */
export function optional<V extends Vr>(attribute: Attribute<V>, value: Value<V> | null): Element {
  return element(attribute, ...(value === null ? [] : [value]));
}

/** Attributes in the order of their tags, whatever order their modules came in. */
export const inOrder = (elements: readonly Element[]): DataSet =>
  elements.toSorted((a, b) => a.attribute.tag - b.attribute.tag);
