import { tracesBlockTags } from '../../../core/export/traces-block.ts';
import type { Attribute } from '../../dicom/write/attribute.ts';
import { element, type Element } from '../../dicom/write/element.ts';

const { creator, content } = tracesBlockTags;
const privateCreator: Attribute<'LO'> = { keyword: 'PrivateCreator', tag: creator.tag, vr: 'LO' };
const tracesBlock: Attribute<'OB'> = { keyword: 'SystolaTraces', tag: content.tag, vr: 'OB' };

/** The private block with its creator (PS3.5 section 7.8.1). OB: bytes that no character set and no backslash touches. */
export const tracesBlockElements = (text: string): Element[] => [
  element(privateCreator, creator.value),
  element(tracesBlock, new TextEncoder().encode(text)),
];
