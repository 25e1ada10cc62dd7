import type { Mutation } from './byte-mutations.ts';
import { elementsOf, encodingOf, fileBytes, replaced, type DicomFile } from './dicom-file.ts';
import type { Random } from './random.ts';

/** Pieces of the pixel data: its items where it is encapsulated, all of it where it is not. */
interface Item {
  readonly lengthAt: number | null;
  readonly start: number;
  readonly end: number;
}

function itemsOf(file: DicomFile): Item[] {
  const pixels = elementsOf(file).at(-1);
  if (pixels === undefined || pixels.tag !== '7fe00010') return [];
  const { dataSet } = file;
  const native = ['implicit', 'explicit', 'deflated', 'big-endian'].includes(file.syntax);
  if (native) return [{ lengthAt: pixels.lengthAt, start: pixels.valueAt, end: pixels.end }];
  const items: Item[] = [];
  for (let at = pixels.valueAt; at + 8 <= dataSet.length && dataSet.readUInt16LE(at + 2) === 0xe000;) {
    const end = at + 8 + dataSet.readUInt32LE(at + 4);
    items.push({ lengthAt: at + 4, start: at + 8, end });
    at = end;
  }
  return items;
}

/** A mutation of one item, the offset table (the first) as often as any other. */
const itemwise = (
  name: string,
  apply: (file: DicomFile, item: Item, random: Random) => DicomFile,
): Mutation => ({
  name,
  apply(file, random) {
    const items = itemsOf(file).filter(({ start, end }) => end > start);
    return fileBytes(items.length === 0 ? file : apply(file, random.of(items), random));
  },
});

function spoiled(file: DicomFile, { start, end }: Item, spoil: (bytes: Buffer) => void): DicomFile {
  const bytes = Buffer.from(file.dataSet.subarray(start, end));
  spoil(bytes);
  return replaced(file, start, end, bytes);
}

const headerBytes = 80;

/** Damage inside of the pixel data: code streams, fragments, offset tables. */
export const pixelMutations: readonly Mutation[] = [
  itemwise('bits of a code stream', (file, item, random) =>
    spoiled(file, item, (bytes) => {
      for (let flip = random.between(1, 24); flip > 0; flip -= 1)
        bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    }),
  ),
  itemwise('bytes of a code stream', (file, item, random) =>
    spoiled(file, item, (bytes) => {
      for (let change = random.between(1, 12); change > 0; change -= 1)
        bytes[random.below(bytes.length)] = random.of([0, 255, 0xd8, 0xd9, random.below(256)]);
    }),
  ),
  itemwise('the header of a code stream', (file, item, random) =>
    spoiled(file, item, (bytes) => {
      for (let change = random.between(1, 4); change > 0; change -= 1)
        bytes[random.below(Math.min(headerBytes, bytes.length))] = random.below(256);
    }),
  ),
  itemwise('bits of the header of a code stream', (file, item, random) =>
    spoiled(file, item, (bytes) => {
      bytes[random.below(Math.min(headerBytes, bytes.length))]! ^= 1 << random.below(8);
    }),
  ),
  itemwise('a code stream cut short', (file, item, random) =>
    spoiled(file, item, (bytes) => bytes.fill(0, random.below(bytes.length))),
  ),
  itemwise('a code stream of rubbish', (file, item, random) =>
    spoiled(file, item, (bytes) =>
      random
        .bytes(bytes.length)
        .copy(bytes, random.chance(0.5) ? Math.min(headerBytes, bytes.length - 1) : 0),
    ),
  ),
  itemwise('the length of a fragment', (file, item, random) => {
    if (item.lengthAt === null) return file;
    const dataSet = Buffer.from(file.dataSet);
    const length = random.of([
      0,
      1,
      item.end - item.start - 2,
      item.end - item.start + 8,
      0xffffffff,
      random.below(4096),
    ]);
    if (encodingOf(file.syntax).bigEndian) dataSet.writeUInt32BE(Math.max(0, length), item.lengthAt);
    else if (item.lengthAt + 4 <= dataSet.length) dataSet.writeUInt32LE(Math.max(0, length), item.lengthAt);
    return { ...file, dataSet };
  }),
  itemwise('a fragment left out', (file, item) =>
    replaced(file, Math.max(0, item.start - 8), item.end, Buffer.alloc(0)),
  ),
  itemwise('a fragment twice', (file, item) =>
    replaced(file, item.end, item.end, file.dataSet.subarray(Math.max(0, item.start - 8), item.end)),
  ),
  {
    name: 'an offset table of rubbish',
    apply(file, random) {
      const [table] = itemsOf(file);
      if (table === undefined || table.end === table.start) return fileBytes(file);
      return fileBytes(replaced(file, table.start, table.end, random.bytes(table.end - table.start)));
    },
  },
  {
    name: 'no end of the pixel data',
    apply: (file) => fileBytes({ ...file, dataSet: file.dataSet.subarray(0, file.dataSet.length - 8) }),
  },
  {
    name: 'pixel data cut short',
    apply(file, random) {
      const pixels = elementsOf(file).at(-1);
      const from = pixels?.valueAt ?? 0;
      return fileBytes({
        ...file,
        dataSet: file.dataSet.subarray(0, from + random.below(file.dataSet.length - from)),
      });
    },
  },
];
