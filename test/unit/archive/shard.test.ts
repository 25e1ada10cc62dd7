import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOfShard, shardFrom } from '../../../main/archive/shard.ts';
import { studyIdPattern } from '../../../main/archive/manifest.ts';

const studyId = fc.stringMatching(studyIdPattern);

describe('a shard', () => {
  it('is read as it is written, or not at all', () => {
    expect(shardFrom('3/8')).toEqual({ number: 3, of: 8 });
    for (const text of ['0/8', '9/8', '1/0', '1', '1/', '-1/2', '1/2/3', '1.0/2', '1/9999999', '']) {
      expect(shardFrom(text), text).toBeNull();
    }
  });

  it('has a study that no other one of the same number of shards has', () => {
    fc.assert(
      fc.property(studyId, fc.integer({ min: 1, max: 40 }), (id, of) => {
        const shards = Array.from({ length: of }, (_, index) => ({ number: index + 1, of }));
        expect(shards.filter((shard) => isOfShard(id, shard))).toHaveLength(1);
        const shard = shards.find((one) => isOfShard(id, one))!;
        // Disks that take no notice of the case of letters would have both in one folder.
        expect(isOfShard(id.toUpperCase(), shard)).toBe(true);
      }),
    );
  });

  it('stays what it was: results of other versions are gone on with', () => {
    const ofFive = ['1.2.840.113619.2.1', '1.2.840.113619.2.2', 'patient-7', 'A', 'b'].map((id) =>
      [1, 2, 3, 4, 5].find((number) => isOfShard(id, { number, of: 5 }))!,
    );
    expect(ofFive).toMatchInlineSnapshot(`
      [
        2,
        5,
        1,
        5,
        4,
      ]
    `);
  });

  it('is about as large as the others', () => {
    const sizes = Array.from({ length: 16 }, () => 0);
    for (let study = 0; study < 16_000; study += 1) {
      const number = sizes.findIndex((_, index) =>
        isOfShard(`1.2.840.113619.${study}`, { number: index + 1, of: 16 }),
      );
      sizes[number]! += 1;
    }
    // 1,000 expected, with a standard deviation of 31.
    expect(Math.min(...sizes)).toBeGreaterThan(870);
    expect(Math.max(...sizes)).toBeLessThan(1130);
  });
});
