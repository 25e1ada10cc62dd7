import { attributeMutations } from './attribute-mutations.ts';
import { byteMutations, type Mutation } from './byte-mutations.ts';
import { allGenerators } from './generators.ts';
import { pixelMutations } from './pixel-mutations.ts';
import { Random } from './random.ts';
import { seedFiles } from './seeds.ts';
import { structureMutations } from './structure-mutations.ts';

export interface FuzzCase {
  readonly number: number;
  /** What was done to what. */
  readonly name: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

export const mutationGroups: readonly (readonly Mutation[])[] = [
  byteMutations,
  structureMutations,
  attributeMutations,
  pixelMutations,
];
const mutations = mutationGroups.flat();
/** One case in so many is a member of a class of files, the others are seeds with a mutation. */
const everyGenerated = 12;
/** Number that keeps the cases of neighbouring seeds apart. */
const stride = 0x9e3779b1;

/** Cases by number: the same for the same seed, each by itself. */
export function fuzzCases(seed: number): (number: number) => FuzzCase {
  const seeds = seedFiles();
  return (number) => {
    const random = new Random((Math.imul(seed, stride) + number) | 0);
    if (number % everyGenerated === 0) {
      const generators = allGenerators();
      const generator = generators[(number / everyGenerated) % generators.length]!;
      return { number, kind: 'generated', name: generator.name, bytes: generator.make(random) };
    }
    const file = random.of(seeds);
    // In turn, so that every mutation is tried however few cases there are.
    const mutation = mutations[number % mutations.length]!;
    const bytes = mutation.apply(file, random, seeds);
    return { number, kind: mutation.name, name: `${file.syntax}: ${mutation.name}`, bytes };
  };
}
