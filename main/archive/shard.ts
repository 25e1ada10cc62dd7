import { createHash } from 'node:crypto';

/** One of so many parts of a manifest, from 1. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

const mostShards = 1_000_000;

/** "3/8"; null for what is none. */
export function shardFrom(text: string): Shard | null {
  const match = /^(\d{1,7})\/(\d{1,7})$/.exec(text);
  const [number, of] = [Number(match?.[1]), Number(match?.[2])];
  return match === null || number < 1 || number > of || of > mostShards ? null : { number, of };
}

/**
 * Whether a study is of a shard: by its id alone, so that studies which come to the manifest or leave it move no other
 * one, and one that is named twice meets itself. The case of letters does not count, as it does not on some disks.
 */
export function isOfShard(studyId: string, { number, of }: Shard): boolean {
  return digest(studyId).readUIntBE(0, 6) % of === number - 1;
}

/** Two hexadecimal digits of an id: hundreds of thousands of folders in one are slow on many disks. */
export const folderDigits = (studyId: string): string => digest(studyId).toString('hex', 0, 1);

const digest = (studyId: string): Buffer => createHash('sha256').update(studyId.toLowerCase()).digest();
