import { type DeidentificationMethod, saidMethod } from '../../core/deidentify/method.ts';
import type { OutElement } from './out-element.ts';
import { textValue } from './out-element.ts';

export interface Method extends DeidentificationMethod {
  /** A person has looked at what stays of the pictures. */
  readonly checked: boolean;
}

/** What was done to a clip (PS3.3 sections C.7.1.1, C.7.6.1 and C.12.1). */
export function methodAttributes(method: Method): readonly OutElement[] {
  const { checked } = method;
  const { identityRemoved, methods, codes, time } = saidMethod(method, { checked });
  const text = (tag: number, vr: string, value: string): OutElement => ({
    tag,
    vr,
    value: textValue(vr, value),
  });
  const items = codes.map(({ value, meaning }) => [
    text(0x0008_0100, 'SH', value),
    text(0x0008_0102, 'SH', 'DCM'),
    text(0x0008_0104, 'LO', meaning),
  ]);
  return [
    text(0x0012_0062, 'CS', identityRemoved),
    text(0x0012_0063, 'LO', methods.join('\\')),
    { tag: 0x0012_0064, vr: 'SQ', value: items },
    text(0x0028_0301, 'CS', checked ? 'NO' : 'YES'),
    text(0x0028_0303, 'CS', time),
  ];
}
