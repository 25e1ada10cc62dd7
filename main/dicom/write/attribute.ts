/** Value representations of text (PS3.5 section 6.2). DS and IS are numbers, written as text. */
export type TextVr = 'AS' | 'CS' | 'DA' | 'DT' | 'LO' | 'LT' | 'PN' | 'SH' | 'ST' | 'TM' | 'UI' | 'UT';
/** AT is a tag as one number. */
export type BinaryNumberVr = 'AT' | 'FD' | 'FL' | 'SL' | 'SS' | 'UL' | 'US';
export type NumberVr = BinaryNumberVr | 'DS' | 'IS';
export type Vr = TextVr | NumberVr | 'OB' | 'SQ';

/** An attribute by its keyword in PS3.6. */
export interface Attribute<V extends Vr = Vr> {
  readonly keyword: string;
  /** Group and element number in one. */
  readonly tag: number;
  readonly vr: V;
}

/** "(0010,0020)" */
export function tagText(tag: number): string {
  const digits = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${digits.slice(0, 4)},${digits.slice(4)})`;
}
