import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attributes } from '../../../../main/dicom/write/attributes.ts';
import { codeItem } from '../../../../main/dicom/write/code-item.ts';
import { codes } from '../../../../main/dicom/write/codes.ts';
import { element } from '../../../../main/dicom/write/element.ts';
import { inLegacyCodes, legacyCodes } from '../../../../main/dicom/write/legacy-codes.ts';

const list = (name: string): string[][] =>
  readFileSync(join(import.meta.dirname, '../../../fixtures/dicom', name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));

it('every code is that of the published list', () => {
  expect(legacyCodes).toEqual(Object.fromEntries(list('legacy-codes.tsv')));
});

it('every SNOMED code that is written has one, but for what has none', () => {
  const snomed = list('codes.tsv').filter(([scheme]) => scheme === 'SCT');
  const without = snomed.filter(([, value]) => !Object.hasOwn(legacyCodes, value!));
  expect(without.map(([, , meaning]) => meaning)).toEqual(['Myocardium']);
});

it('codes are exchanged at any depth, and only those of SNOMED CT', () => {
  const name = (code: Parameters<typeof codeItem>[0]) =>
    element(attributes.ConceptNameCodeSequence, codeItem(code));
  const given = [
    name(codes.area),
    element(attributes.ContentSequence, [name(codes.findingSite)], [name(codes.finding)]),
  ];
  const legacy = { ...codes.area, scheme: 'SRT', value: 'G-A166' } as const;
  const site = { ...codes.findingSite, scheme: 'SRT', value: 'G-C0E3' } as const;
  expect(inLegacyCodes(given)).toEqual([
    name(legacy as never),
    element(attributes.ContentSequence, [name(site as never)], [name(codes.finding)]),
  ]);
});
