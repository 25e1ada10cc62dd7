import { expect, it } from 'vitest';
import { folderOrder, type Floors } from '../../fixtures/folders/folder-order.ts';

const floors: Floors = [
  ['api', 'hanging', 'playback', 'public', 'styles', 'viewing', 'words'],
  ['imaging'],
  ['state'],
  ['keyboard'],
  ['editing', 'import', 'marks'],
  ['curve'],
  ['clip', 'deidentify', 'dialogs', 'worklist'],
  ['care', 'studies'],
  ['history', 'network', 'prior', 'views'],
  ['findings'],
  ['report'],
  ['export', 'models', 'numbers'],
  ['app'],
];

it('every folder of the window imports only what stands below it', () => {
  const { folders, imports, wrong } = folderOrder('renderer', floors);
  expect(folders).toEqual(floors.flat().toSorted());
  expect(imports).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

it('an import that leads up is named', () => {
  const upsideDown = floors.toReversed();
  expect(folderOrder('renderer', upsideDown).wrong).toContain('app/App.svelte → state');
});
