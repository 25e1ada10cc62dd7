import { expect, it } from 'vitest';
import { folderOrder, type Floors } from '../../fixtures/folders/folder-order.ts';

const floors: Floors = [
  ['geometry', 'language', 'model', 'network'],
  ['clip', 'mark', 'myocardium', 'settings', 'volume'],
  ['beat', 'body', 'sector', 'trace'],
  ['deidentify', 'structure'],
  ['quantity'],
  ['reference-limits', 'wording'],
  ['review'],
  ['patient', 'propagation'],
  ['measurement'],
  ['finding'],
  ['assessment'],
  ['prior'],
  ['conclusion'],
  ['export'],
  ['document'],
  ['analysis', 'api'],
];

it('every folder of core imports only what stands below it', () => {
  const { folders, imports, wrong } = folderOrder('core', floors);
  expect(folders).toEqual(floors.flat().toSorted());
  expect(imports).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});
