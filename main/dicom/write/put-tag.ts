/** Group and element number, little endian (PS3.5 section 7.1). */
export function putTag(view: DataView, at: number, tag: number): void {
  view.setUint16(at, tag >>> 16, true);
  view.setUint16(at + 2, tag & 0xffff, true);
}
