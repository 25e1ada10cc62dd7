import { attributes } from './attributes.ts';
import type { Code } from './codes.ts';
import { type DataSet, element } from './element.ts';

/** The item of a code sequence (PS3.3 section 8). */
export const codeItem = ({ scheme, value, meaning }: Code): DataSet => [
  element(attributes.CodeValue, value),
  element(attributes.CodingSchemeDesignator, scheme),
  element(attributes.CodeMeaning, meaning),
];
