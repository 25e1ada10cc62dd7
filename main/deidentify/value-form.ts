/** Bytes of one value of a binary VR (PS3.5 section 6.2). */
const widths: Readonly<Record<string, number>> = {
  AT: 4,
  FD: 8,
  FL: 4,
  OB: 1,
  OD: 8,
  OF: 4,
  OL: 4,
  OV: 8,
  OW: 2,
  SL: 4,
  SS: 2,
  SV: 8,
  UL: 4,
  UN: 1,
  US: 2,
  UV: 8,
};

/**
 * Forms of one value of a text VR, as far as a value in it is to stay: what scanners write, a little wider than PS3.5
 * allows. What has another form is not what its attribute says it is.
 */
const number = /^\s*[-+0-9.,eE]{0,32}\s*$/;
const forms: Readonly<Record<string, RegExp>> = {
  AE: /^[ -~]{0,16}$/,
  AS: /^\s*\d{3}[DWMY]\s*$/,
  CS: /^[A-Za-z0-9_ .+/-]{0,20}$/,
  DA: /^\s*\d{4}\.?\d{2}\.?\d{2}\s*$/,
  DS: number,
  DT: /^\s*\d{4,14}(\.\d{1,6})?([-+]\d{4})?\s*$/,
  IS: number,
  LO: /^[^\p{Cc}]{0,128}$/u,
  LT: /^[^]{0,10240}$/,
  PN: /^[^\p{Cc}]{0,256}$/u,
  SH: /^[^\p{Cc}]{0,64}$/u,
  ST: /^[^]{0,1024}$/,
  TM: /^\s*\d{2}(:?\d{2}(:?\d{2}(\.\d{1,6})?)?)?\s*$/,
  UC: /^[^\p{Cc}]{0,256}$/u,
  UI: /^[0-9.]{1,64}$/,
  UR: /^[!-~]{0,256}$/,
  UT: /^[^]{0,65536}$/,
};
const oneValueVrs = new Set(['LT', 'ST', 'UR', 'UT']);

export const isTextVr = (vr: string): boolean => Object.hasOwn(forms, vr);
/** Texts of people's own words, in which anything may stand. */
export const isWordsVr = (vr: string): boolean =>
  ['AE', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT'].includes(vr);

/** Whether so many bytes can be one value of a binary VR, or several. */
export function isBinaryOf(vr: string, bytes: number, several: boolean): boolean {
  const width = widths[vr];
  if (width === undefined) return false;
  return several ? bytes % width === 0 : bytes === width;
}

/** The values that a decoded text parts into. */
export const valuesOf = (vr: string, text: string): string[] =>
  oneValueVrs.has(vr) ? [text] : text.split('\\');

/** Whether every value of a decoded text has the form of its VR; empty ones do. */
export const hasForm = (vr: string, text: string): boolean =>
  valuesOf(vr, text).every((value) => value === '' || (forms[vr]?.test(value) ?? false));

/** A value of the VR without any meaning. */
export function dummyValue(vr: string): string | Uint8Array {
  switch (vr) {
    case 'AS':
      return '000Y';
    case 'DA':
      return '19000101';
    case 'DT':
      return '19000101000000';
    case 'TM':
      return '000000';
    case 'DS':
    case 'IS':
      return '0';
    case 'UI':
      return '2.25.0';
    case 'UR':
      return 'urn:removed';
    default:
      return isTextVr(vr) ? 'REMOVED' : new Uint8Array(Math.max(2, widths[vr] ?? 2));
  }
}
