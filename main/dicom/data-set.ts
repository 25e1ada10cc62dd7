/** A sequence item, or the top level of a file: where its values lie. Nothing of the values is held here. */
export interface DataSet {
  /** By tag, written "x00280010". Private elements are stepped over and not listed. */
  readonly elements: ReadonlyMap<string, Element>;
  readonly littleEndian: boolean;
}

export interface Element {
  readonly tag: string;
  /** As written in the file; null in implicit VR. */
  readonly vr: string | null;
  /** Where the value begins, and its bytes. Of a sequence of undefined length, without its last delimiter. */
  readonly offset: number;
  readonly length: number;
  /** Of those sequences only that are read. */
  readonly items: readonly DataSet[];
}

export const undefinedLength = 0xffffffff;

/** "x00280010" of a group and an element number. */
export function tagName(group: number, element: number): string {
  return `x${hex4(group)}${hex4(element)}`;
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}
