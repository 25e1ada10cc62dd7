import { fileBytes, type DicomFile } from './dicom-file.ts';
import type { Random } from './random.ts';

/** One way to spoil a file. `others` are files to take pieces from. */
export interface Mutation {
  readonly name: string;
  apply(file: DicomFile, random: Random, others: readonly DicomFile[]): Buffer;
}

const bytewise = (name: string, apply: (bytes: Buffer, random: Random) => Buffer): Mutation => ({
  name,
  apply: (file, random) => apply(Buffer.from(fileBytes(file)), random),
});

function run(bytes: Buffer, random: Random): [start: number, end: number] {
  const start = random.below(bytes.length);
  return [start, Math.min(bytes.length, start + 1 + random.below(random.of([4, 64, 1024])))];
}

/** Damage that knows nothing of DICOM. */
export const byteMutations: readonly Mutation[] = [
  bytewise('one bit', (bytes, random) => {
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    return bytes;
  }),
  bytewise('some bits', (bytes, random) => {
    for (let flip = random.between(2, 40); flip > 0; flip -= 1)
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    return bytes;
  }),
  bytewise('some bytes', (bytes, random) => {
    for (let change = random.between(1, 20); change > 0; change -= 1)
      bytes[random.below(bytes.length)] = random.below(256);
    return bytes;
  }),
  bytewise('a run of zeros', (bytes, random) => bytes.fill(0, ...run(bytes, random))),
  bytewise('a run of 255', (bytes, random) => bytes.fill(255, ...run(bytes, random))),
  bytewise('a run left out', (bytes, random) => {
    const [start, end] = run(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  }),
  bytewise('a run put in', (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(random.between(1, 300)), bytes.subarray(at)]);
  }),
  bytewise('a run twice', (bytes, random) => {
    const [start, end] = run(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  }),
  bytewise('two runs exchanged', (bytes, random) => {
    const length = random.between(1, Math.min(200, bytes.length >> 2));
    const from = random.below(bytes.length - length);
    const to = random.below(bytes.length - length);
    const first = Buffer.from(bytes.subarray(from, from + length));
    bytes.copyWithin(from, to, to + length);
    first.copy(bytes, to);
    return bytes;
  }),
  bytewise('cut anywhere', (bytes, random) => bytes.subarray(0, random.below(bytes.length))),
  bytewise('cut near its beginning', (bytes, random) => bytes.subarray(0, random.below(900))),
  bytewise('cut near its end', (bytes, random) => bytes.subarray(0, bytes.length - random.below(200))),
  bytewise('rubbish after it', (bytes, random) =>
    Buffer.concat([bytes, random.bytes(random.between(1, 600))]),
  ),
  bytewise('zeros after it', (bytes, random) =>
    Buffer.concat([bytes, Buffer.alloc(random.between(1, 4096))]),
  ),
  {
    name: 'the end of another file',
    apply(file, random, others) {
      const bytes = fileBytes(file);
      const other = fileBytes(random.of(others));
      const at = random.below(Math.min(bytes.length, other.length));
      return Buffer.concat([bytes.subarray(0, at), other.subarray(at)]);
    },
  },
];
