import type { OpenStudy } from '../../../main/library/open-studies.ts';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { auditEvents } from '../../../main/library/audit.ts';
import { Library } from '../../../main/library/library.ts';
import { clipFacts, manualTrace, studyFacts } from '../../fixtures/library/facts.ts';
import { addClip, seededLibrary } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const { studyInstanceUid } = studyFacts();
const { sopInstanceUid } = clipFacts();
const code = (name: string) => expect.objectContaining({ code: name }) as Error;

const drawn = (x: number, frame = 0) => ({
  author: 'reader',
  kind: 'edit' as const,
  label: 'drew',
  changes: [
    {
      slot: 'trace' as const,
      structure: 'lv-cavity',
      sopInstanceUid,
      frame,
      before: null,
      after: manualTrace(x),
    },
  ],
  target: null,
});

function storedFiles(path: string): string[] {
  return readdirSync(join(path, 'files'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.dcm'));
}

describe('instances', () => {
  it('are stored under their hash and found again after a restart', async () => {
    const path = folder();
    (await seededLibrary(path)).close();
    const library = await Library.open(path);
    const clip = library.clip(sopInstanceUid);
    expect(clip.facts).toEqual(clipFacts());
    expect(clip.path).toBe(join(path, 'files', clip.sha256.slice(0, 2), `${clip.sha256}.dcm`));
    expect(existsSync(clip.path)).toBe(true);
    expect(library.study(studyInstanceUid).clips).toEqual([clipFacts()]);
    library.close();
  });

  it('change nothing when the same bytes come again', async () => {
    const path = folder();
    const library = await seededLibrary(path);
    const entries = library.audit.entries().length;
    expect(await addClip(library)).toEqual({ studyInstanceUid, added: false });
    expect(library.study(studyInstanceUid).clips).toHaveLength(1);
    expect(library.audit.entries()).toHaveLength(entries);
    library.close();
  });

  it('are refused when their UID is known with other bytes, and leave no file', async () => {
    const path = folder();
    const library = await seededLibrary(path);
    await expect(addClip(library, clipFacts(), studyFacts(), 'other bytes')).rejects.toThrow(
      code('duplicate-instance'),
    );
    expect(storedFiles(path)).toHaveLength(1);
    library.close();
  });

  it('of two patients never share a study, whatever UID their sender wrote', async () => {
    const library = await seededLibrary(folder());
    const patient = { ...studyFacts().patient, patientId: 'P2' };
    const other = clipFacts({ sopInstanceUid: '1.2.3.2', view: { code: 'a2c', source: 'file' } });
    const { studyInstanceUid: key } = await addClip(library, other, studyFacts({ patient }));
    expect(key).not.toBe(studyInstanceUid);
    expect(library.study(studyInstanceUid).clips.map((clip) => clip.sopInstanceUid)).toEqual([
      sopInstanceUid,
    ]);
    expect(library.study(key).clips.map((clip) => clip.sopInstanceUid)).toEqual(['1.2.3.2']);
    expect(library.study(key).facts.patient.patientId).toBe('P2');
    const issuer = { ...studyFacts().patient, issuerOfPatientId: 'Other hospital' };
    const third = await addClip(
      library,
      clipFacts({ sopInstanceUid: '1.2.3.3' }),
      studyFacts({ patient: issuer }),
    );
    expect(new Set([studyInstanceUid, key, third.studyInstanceUid]).size).toBe(3);
    const again = await addClip(library, clipFacts({ sopInstanceUid: '1.2.3.4' }), studyFacts({ patient }));
    expect(again.studyInstanceUid).toBe(key);
    library.close();
  });

  it('complete what earlier files of the study left open, until somebody has reviewed it', async () => {
    const library = await seededLibrary(folder());
    await addClip(library, clipFacts({ sopInstanceUid: '1.2.3.2' }), studyFacts({ heightCm: 170 }));
    expect(library.study(studyInstanceUid).facts.heightCm).toBe(170);
    library.revisions.append(studyInstanceUid, 0, drawn(50));
    await addClip(library, clipFacts({ sopInstanceUid: '1.2.3.3' }), studyFacts({ weightKg: 70 }));
    expect(library.study(studyInstanceUid).facts.weightKg).toBeNull();
    expect(library.study(studyInstanceUid).clips).toHaveLength(3);
    library.close();
  });
});

/** A study without the ways to read its revisions. */
const said = ({ facts, clips, review, history, head }: OpenStudy) => ({
  facts,
  clips,
  review,
  history,
  head,
});

describe('revisions', () => {
  it('are refused on an old head and leave the study as it was', async () => {
    const library = await seededLibrary(folder());
    const first = library.revisions.append(studyInstanceUid, 0, drawn(50));
    expect(() => library.revisions.append(studyInstanceUid, 0, drawn(60, 1))).toThrow(
      code('revision-conflict'),
    );
    expect(() => library.revisions.append(studyInstanceUid, first.id, drawn(60))).toThrow(
      code('revision-conflict'),
    );
    expect(library.study(studyInstanceUid)).toMatchObject({ head: first.id, history: [{ id: first.id }] });
    library.close();
  });

  it('lead to the same review after a restart', async () => {
    const path = folder();
    const library = await seededLibrary(path);
    let { head } = library.study(studyInstanceUid);
    for (const x of [45, 50, 55])
      head = library.revisions.append(studyInstanceUid, head, drawn(x, x - 45)).id;
    const before = library.study(studyInstanceUid);
    library.close();
    const reopened = await Library.open(path);
    expect(said(reopened.study(studyInstanceUid))).toEqual(said(before));
    reopened.close();
  });

  it('show the latest decision in the list of studies', async () => {
    const library = await seededLibrary(folder());
    const accepted = { state: 'accepted', at: '2026-01-01T00:00:00Z', by: 'reader' } as const;
    const decide = { slot: 'decision', before: { state: 'pending' }, after: accepted } as const;
    library.revisions.append(studyInstanceUid, 0, { ...drawn(50), changes: [decide] });
    expect(library.summaries()).toMatchObject([{ decision: 'accepted', clips: 1, patientName: 'Doe, Jane' }]);
    library.close();
  });

  it('are in the audit log with who, what and which values', async () => {
    const library = await seededLibrary(folder());
    const before = library.study(studyInstanceUid).review.body;
    const after = { ...before, heightCm: { value: 171, source: 'user' as const } };
    library.revisions.append(studyInstanceUid, 0, {
      ...drawn(50),
      changes: [{ slot: 'body', before, after }],
    });
    const last = library.audit.entries().at(-1);
    expect(last).toMatchObject({
      event: auditEvents.patientRecord,
      outcome: 0,
      user: 'reader',
      patientId: 'P1',
      detail: { slots: ['body'], values: [{ slot: 'body', before, after }] },
    });
    library.close();
  });
});

describe('settings', () => {
  it('are kept, and name the reader in what follows', async () => {
    const path = folder();
    const library = await Library.open(path);
    expect(library.updateSettings({ reader: 'Dr Ada', frameCacheMiB: 256 }).reader).toBe('Dr Ada');
    library.close();
    const reopened = await Library.open(path);
    expect(reopened.settings()).toMatchObject({ reader: 'Dr Ada', frameCacheMiB: 256, provider: 'auto' });
    expect(reopened.user()).toBe('Dr Ada');
    reopened.close();
  });
});

describe('a file whose row cannot be stored', () => {
  it.each([
    ['disk-full', 'goes', 0],
    ['unreadable', 'stays, since the row may be there at the next start', 1],
  ] as const)('%s: it %s', async (refused, _, unnamed) => {
    const path = folder();
    const library = await Library.open(path);
    const { append } = library.audit;
    library.audit.append = () => {
      throw new SystolaError(refused, 'The disk does not take it.');
    };
    const incomingPath = library.files.incomingPath();
    writeFileSync(incomingPath, 'a file');
    const file = { incomingPath, sha256: 'b'.repeat(64), bytes: 6 };
    const add = () => library.intake.addInstance({ study: studyFacts(), clip: clipFacts() }, file);
    await expect(add()).rejects.toThrow(code(refused));
    expect((await library.stored.strays()).unnamed).toHaveLength(unnamed);
    library.audit.append = append;
    writeFileSync(incomingPath, 'a file');
    expect(await add()).toMatchObject({ added: true });
    expect(await library.stored.strays()).toMatchObject({ unnamed: [], missing: [] });
    library.close();
  });
});

describe('opening', () => {
  it('is refused to a second process', async () => {
    const path = folder();
    const library = await seededLibrary(path);
    const script = join(import.meta.dirname, '../../fixtures/library/append-forever.ts');
    const second = spawnSync(process.execPath, [script, path], { encoding: 'utf8', timeout: 120_000 });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('library-locked');
    library.close();
  });

  it('throws away what had only half arrived, and nothing that is stored', async () => {
    const path = folder();
    (await seededLibrary(path)).close();
    const orphan = 'a'.repeat(64);
    mkdirSync(join(path, 'files', 'aa'), { recursive: true });
    writeFileSync(join(path, 'files', 'aa', `${orphan}.dcm`), 'never acknowledged');
    writeFileSync(join(path, 'incoming', 'half'), 'half');
    writeFileSync(join(path, 'notes.txt'), 'the user put this here');
    const library = await Library.open(path);
    expect(storedFiles(path)).toHaveLength(2);
    expect(await library.stored.strays()).toEqual({ unnamed: [orphan], missing: [], unreadFolders: [] });
    expect(readdirSync(join(path, 'incoming'))).toEqual([]);
    expect(existsSync(join(path, 'notes.txt'))).toBe(true);
    expect(existsSync(library.clip(sopInstanceUid).path)).toBe(true);
    library.close();
  });

  it('stands in for a database of which nothing can be read, and writes nothing', async () => {
    const path = folder();
    const database = join(path, 'library.sqlite');
    const noise = 'this is not a database, not even a little one'.repeat(50);
    writeFileSync(database, noise);
    const library = await Library.open(path);
    expect(library).toMatchObject({ condition: 'damaged', standsIn: true });
    expect(library.summaries()).toEqual([]);
    expect(() => library.updateSettings({ reader: 'A' })).toThrow(code('library-damaged'));
    const incomingPath = join(path, 'file');
    const added = library.intake.addInstance(
      { study: studyFacts(), clip: clipFacts() },
      { incomingPath, sha256: '0', bytes: 0 },
    );
    await expect(added).rejects.toThrow(code('library-damaged'));
    library.close();
    expect(readFileSync(database, 'utf8')).toBe(noise);
  });

  it('names a folder that is a file', async () => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    await expect(Library.open(path)).rejects.toThrow(code('unreadable'));
  });
});
