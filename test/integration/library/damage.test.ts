import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { Library } from '../../../main/library/library.ts';
import type { OpenStudy } from '../../../main/library/open-studies.ts';
import { clipFacts, manualTrace, studyFacts } from '../../fixtures/library/facts.ts';
import { addClip } from '../../fixtures/library/seeded-library.ts';
import { Random } from '../../fixtures/phantom/random.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const studies = 40;
const rounds = 120;
const uidOf = (study: number): string => `1.2.3.${study + 100}`;
let sound: Uint8Array;
let documents: Map<string, unknown>;

beforeAll(async () => {
  const path = folder();
  const library = await Library.open(path);
  for (let study = 0; study < studies; study += 1) {
    const uid = uidOf(study);
    const patient = { ...studyFacts().patient, patientId: `P${study}` };
    const facts = studyFacts({ studyInstanceUid: uid, patient, description: `Echo ${study} `.repeat(8) });
    for (const number of [1, 2]) {
      await addClip(library, clipFacts({ studyInstanceUid: uid, sopInstanceUid: `${uid}.${number}` }), facts);
    }
    const changes = Array.from({ length: 10 }, (_, frame) => ({
      ...{
        slot: 'trace' as const,
        structure: 'lv-cavity',
        sopInstanceUid: `${uid}.1`,
        frame,
        before: null,
        after: manualTrace(40 + study),
      },
    }));
    library.revisions.append(uid, 0, {
      author: 'reader',
      kind: 'edit',
      label: `drew ${study}`,
      changes,
      target: null,
    });
  }
  library.updateSettings({ reader: 'Dr Ada' });
  documents = new Map(
    library.summaries().map(({ studyInstanceUid: uid }) => [uid, whole(library.study(uid))]),
  );
  library.close();
  sound = new Uint8Array(readFileSync(join(path, 'library.sqlite')));
});

/** A copy of the library whose database was damaged. */
function damagedCopy(damage: (bytes: Uint8Array) => Uint8Array): {
  path: string;
  database: string;
  bytes: Uint8Array;
} {
  const path = folder();
  const database = join(path, 'library.sqlite');
  const bytes = damage(sound.slice());
  mkdirSync(join(path, 'files'), { recursive: true });
  writeFileSync(database, bytes);
  return { path, database, bytes };
}

const damages: Readonly<Record<string, (random: Random) => (bytes: Uint8Array) => Uint8Array>> = {
  'a sector of noise': (random) => noise(random, 512),
  'a page of noise': (random) => noise(random, 4096),
  'pages of noise': (random) => noise(random, 5 * 4096 + 100),
  'a page of zeros': (random) => (bytes) => {
    const page = Math.floor(random.uniform() * (bytes.length / 4096));
    return bytes.fill(0, page * 4096, (page + 1) * 4096);
  },
  'an end cut off': (random) => (bytes) => bytes.slice(0, Math.floor(random.uniform() * bytes.length)),
  'two pages exchanged': (random) => (bytes) => {
    const pages = bytes.length / 4096;
    const [a, b] = [
      1 + Math.floor(random.uniform() * (pages - 1)),
      1 + Math.floor(random.uniform() * (pages - 1)),
    ];
    const kept = bytes.slice(a * 4096, (a + 1) * 4096);
    bytes.copyWithin(a * 4096, b * 4096, (b + 1) * 4096);
    bytes.set(kept, b * 4096);
    return bytes;
  },
};

function noise(random: Random, length: number) {
  return (bytes: Uint8Array): Uint8Array => {
    const from = Math.floor(random.uniform() * bytes.length);
    for (let at = from; at < Math.min(bytes.length, from + length); at += 1) {
      bytes[at] = Math.floor(random.uniform() * 256);
    }
    return bytes;
  };
}

/** A study with all its revisions read. */
const whole = ({ revisions, revision: _one, ...said }: OpenStudy) => ({ ...said, revisions: revisions() });

/** What `work` gives, or the code of the failure that it is refused with; anything else that is thrown is a fault. */
function tried<T>(work: () => T): { value: T } | { code: string } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof SystolaError) return { code: error.code };
    throw error;
  }
}

describe('a database with', () => {
  it.each(Object.entries(damages))(
    '%s is read as far as it can be and written no more, or is whole',
    async (name, of) => {
      let read = 0;
      let found = 0;
      for (let round = 0; round < rounds / 6; round += 1) {
        const random = new Random(round + 1000);
        const { path, database, bytes } = damagedCopy(of(random));
        const library = await Library.open(path);
        const listed = tried(() => library.summaries());
        const isDamaged = library.condition === 'damaged';
        const uids = Array.from({ length: studies }, (_, study) => uidOf(study));
        for (const uid of uids) {
          const study = tried(() => whole(library.study(uid)));
          tried(() => library.clip(`${uid}.1`));
          if ('value' in study) read += 1;
          // What is neither refused nor damaged is what was stored.
          if (!isDamaged && bytes.length > 0)
            expect(study, `${name} ${round}`).toEqual({ value: documents.get(uid) });
        }
        expect(library.user()).toBeTypeOf('string');
        tried(() => library.audit.entries());
        if (isDamaged) {
          found += 1;
          const refused = { code: 'library-damaged' };
          expect(
            tried(() => library.updateSettings({ reader: 'B' })),
            `${name} ${round}`,
          ).toEqual(refused);
          expect(
            tried(() => library.revisions.append(uidOf(0), 1, edit)),
            `${name} ${round}`,
          ).toMatchObject({
            code: expect.stringMatching(/library-damaged|malformed|not-found/) as string,
          });
          const added = library.intake.addInstance(
            { study: studyFacts(), clip: clipFacts() },
            {
              incomingPath: join(path, 'x'),
              sha256: 'a',
              bytes: 0,
            },
          );
          await expect(added).rejects.toMatchObject(refused);
          if ('value' in listed && !library.standsIn) {
            // Named with its problem, or listed as it was.
            for (const { problem, patientName } of listed.value) expect(problem ?? patientName).not.toBe('');
          }
        }
        library.close();
        if (isDamaged) expect(Buffer.compare(readFileSync(database), bytes), `${name} ${round}`).toBe(0);
      }
      // The damage did something, and not everything.
      expect(found).toBeGreaterThan(0);
      if (name !== 'an end cut off') expect(read).toBeGreaterThan(0);
    },
  );

  it('one row that is no JSON lists the others, names the row, and is written no more', async () => {
    const path = folder();
    writeFileSync(join(path, 'library.sqlite'), sound);
    const raw = new DatabaseSync(join(path, 'library.sqlite'));
    raw.exec(`UPDATE studies SET facts = '{"half' WHERE study_instance_uid = '${uidOf(7)}'`);
    raw.close();
    const library = await Library.open(path);
    expect(library.condition).toBe('damaged');
    const listed = library.summaries();
    expect(listed).toHaveLength(studies);
    const [row, ...more] = listed.filter(({ problem }) => problem !== undefined);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ studyInstanceUid: uidOf(7), clips: 2 });
    expect(row?.problem).toContain(uidOf(7));
    expect(library.summaries('P3').map(({ patientId }) => patientId)).toContain('P3');
    expect(tried(() => library.study(uidOf(7)))).toEqual({ code: 'malformed' });
    expect(whole(library.study(uidOf(8)))).toEqual(documents.get(uidOf(8)));
    library.close();
    expect(existsSync(join(path, 'library.sqlite'))).toBe(true);
  });
});

const edit = {
  author: 'reader',
  kind: 'edit' as const,
  label: 'drew',
  changes: [
    {
      slot: 'trace' as const,
      structure: 'lv-cavity',
      sopInstanceUid: `${uidOf(0)}.1`,
      frame: 0,
      before: manualTrace(40),
      after: null,
    },
  ],
  target: null,
};
