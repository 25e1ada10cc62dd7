import { expect, it } from 'vitest';
import { areaOfBox } from '../../../../core/deidentify/keep-mask.ts';
import { MaskShelf } from '../../../../main/deidentify/pixels/mask-shelf.ts';
import { temporaryFolders } from '../../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

it('remembers the mask of every scanner where several are ticked at once', async () => {
  const shelf = new MaskShelf(folder());
  const masks = Array.from({ length: 12 }, (_, index) => ({
    scanner: { model: `Scanner ${index}`, transducer: null, rows: 480, columns: 640 },
    mask: { areas: [areaOfBox({ minX: index, minY: 0, maxX: 400, maxY: 300 })] },
  }));
  const ticked = { by: 'Ada', at: '2026-01-02T03:04:05.000Z' };
  await Promise.all(
    masks.map(({ scanner, mask }, index) => shelf.check(`1.2.${index}`, { mask, ...ticked }, scanner)),
  );
  for (const { scanner, mask } of masks) expect(await shelf.remembered(scanner)).toEqual(mask);
});
