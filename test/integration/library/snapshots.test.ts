import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { undoTarget } from '../../../core/review/history.ts';
import { entryOf } from '../../../core/review/history-entry.ts';
import { foldRevisions } from '../../../core/review/history.ts';
import { initialReview } from '../../../core/review/initial.ts';
import { lastRunsOver, modelContours } from '../../../core/review/model-contour.ts';
import { cavityTraces } from '../../../core/review/traces.ts';
import { documentOf } from '../../../main/application/study-documents.ts';
import { Library } from '../../../main/library/library.ts';
import { ReviewService } from '../../../main/review/review-service.ts';
import {
  rerun,
  rerunClip,
  rerunFrames,
  rerunLibrary,
  rerunStudy,
  rerunTrace,
} from '../../fixtures/library/rerun-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const runs = 200;
/** Enough for several snapshots. */
const fewRuns = 24;
let made: string;
let madeOfFew: string;
const open: Library[] = [];

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'systola-runs-'));
  (await rerunLibrary(made, runs)).close();
  madeOfFew = mkdtempSync(join(tmpdir(), 'systola-runs-'));
  (await rerunLibrary(madeOfFew, fewRuns)).close();
}, 300_000);
afterEach(() => open.splice(0).forEach((library) => library.close()));
afterAll(() => [made, madeOfFew].forEach((path) => rmSync(path, { recursive: true, force: true })));

/** The library as it was made, after `change` of its database; a file of its own. */
async function reopened(
  change: (database: DatabaseSync) => void = () => undefined,
  from = made,
): Promise<Library> {
  const path = folder();
  cpSync(from, path, { recursive: true });
  const database = new DatabaseSync(join(path, 'library.sqlite'));
  change(database);
  database.close();
  const library = await Library.open(path);
  open.push(library);
  return library;
}

/** What the revisions alone say. */
function folded(library: Library) {
  const { facts, clips, revisions } = library.study(rerunStudy);
  const all = revisions();
  return { review: foldRevisions(initialReview(facts, clips), all), history: all.map(entryOf) };
}

const withoutTriggers = (database: DatabaseSync): void => database.exec('DROP TRIGGER revisions_keep');

describe('a study with 200 runs over 65 frames', () => {
  it('is sent to a window without the contours that were replaced, in less than 200 kB', async () => {
    const library = await reopened();
    const document = documentOf(library.study(rerunStudy));
    expect(document.history).toHaveLength(runs);
    expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(200_000);
    const entry = document.history[10]!;
    expect(entry).toMatchObject({ kind: 'run', author: 'reader', slots: [] });
    expect(entry.clips).toEqual([
      {
        sopInstanceUid: rerunClip,
        slots: ['run'],
        traces: [{ structure: 'lv-cavity', drawn: [[0, rerunFrames - 1]], cleared: [] }],
      },
    ]);
    expect(cavityTraces(document.review.clips[rerunClip])[7]).toEqual(rerunTrace(runs - 1, 7));
  });

  it('is what its revisions say, though only the last of them were folded', async () => {
    const library = await reopened();
    const { review, history, head } = library.study(rerunStudy);
    expect({ review, history }).toEqual(folded(library));
    expect(head).toBe(history.at(-1)!.id);
  });

  it('gives the model’s contours from the runs that wrote them last', async () => {
    const library = await reopened();
    const { history, revision } = library.study(rerunStudy);
    const ids = lastRunsOver(history, rerunClip);
    expect(ids).toEqual([history.at(-1)!.id]);
    const contours = modelContours(ids.map(revision), rerunClip, 'lv-cavity');
    expect(contours.size).toBe(rerunFrames);
    expect(contours.get(3)).toEqual(rerunTrace(runs - 1, 3));
  });

  it('takes an edit back that lies before what was folded', async () => {
    const library = await reopened();
    const reviews = new ReviewService({ library, software: '0', onRevision: () => undefined });
    const ruler = { from: [10, 10], to: [10, 60], distanceMm: 50 } as const;
    const edit = { slot: 'ruler', sopInstanceUid: rerunClip, before: null, after: ruler } as const;
    const { head } = library.study(rerunStudy);
    const { revision } = reviews.append(rerunStudy, { head, label: 'ruler', changes: [edit as never] });
    for (let run = 0; run < 6; run += 1) rerun(library, 1000 + run);
    const path = library.path;
    library.close();
    const again = await Library.open(path);
    open.push(again);
    const { history, review } = again.study(rerunStudy);
    expect(review.clips[rerunClip]!.ruler).toEqual(ruler);
    expect(undoTarget(history)?.entry.id).toBe(revision.id);
    new ReviewService({ library: again, software: '0', onRevision: () => undefined }).undo(rerunStudy);
    expect(again.study(rerunStudy).review.clips[rerunClip]!.ruler).toBeNull();
    expect({ review: again.study(rerunStudy).review, history: again.study(rerunStudy).history }).toEqual(
      folded(again),
    );
  });
});

describe('a snapshot', () => {
  const reopenedFew = (change?: (database: DatabaseSync) => void) => reopened(change, madeOfFew);
  const moved = (database: DatabaseSync, id: number): void => {
    // The first coordinate of a contour of the run.
    const { changes } = database.prepare('SELECT changes FROM revisions WHERE id = ?').get(id) as {
      changes: string;
    };
    const parsed = JSON.parse(changes) as { sopInstanceUid: string; after: { confidence: number } }[];
    parsed[7]!.after.confidence = 0.125;
    database.prepare('UPDATE revisions SET changes = ? WHERE id = ?').run(JSON.stringify(parsed), id);
  };
  const kept = (database: DatabaseSync) =>
    database.prepare('SELECT revision, content FROM snapshots').get() as {
      revision: number;
      content: string;
    };
  /** The contour of a frame says in a snapshot what no revision says. */
  const lie = (database: DatabaseSync, whole = false): void => {
    const { content } = kept(database);
    const { review, history } = JSON.parse(content) as {
      review: { clips: Record<string, { ruler: unknown }> };
      history: unknown;
    };
    review.clips[rerunClip]!.ruler = { from: [0, 0], to: [0, 9], distanceMm: 9 };
    const lying = JSON.stringify({ review, history });
    database.prepare('UPDATE snapshots SET content = ?').run(lying);
    if (!whole) return;
    database.prepare('UPDATE snapshots SET sha256 = ?').run(createHash('sha256').update(lying).digest('hex'));
  };

  it('was kept, and bounds what is folded', async () => {
    const library = await reopenedFew((database) => {
      const { revision } = kept(database);
      const { bytes } = database
        .prepare('SELECT coalesce(sum(octet_length(changes)), 0) AS bytes FROM revisions WHERE id > ?')
        .get(revision) as { bytes: number };
      expect(bytes).toBeLessThan(700_000);
      expect(revision).toBeGreaterThan(fewRuns - 10);
    });
    expect(library.study(rerunStudy).head).toBeGreaterThan(0);
  });

  it('is what is read where it is whole: the revisions before it are not folded', async () => {
    const library = await reopenedFew((database) => lie(database, true));
    expect(library.study(rerunStudy).review.clips[rerunClip]!.ruler).toMatchObject({ distanceMm: 9 });
  });

  it('that is damaged is not used', async () => {
    const library = await reopenedFew(lie);
    expect(library.study(rerunStudy).review.clips[rerunClip]!.ruler).toBeNull();
    expect(library.study(rerunStudy).review).toEqual(folded(library).review);
  });

  it('that was made from other revisions is not used', async () => {
    const library = await reopenedFew((database) => {
      withoutTriggers(database);
      // A run before the last: what is folded then does not fit, and the study says so rather than show the snapshot.
      moved(database, 5);
    });
    expect(() => library.study(rerunStudy)).toThrow(/changed meanwhile/);
  });

  it('of another format is not used', async () => {
    const library = await reopenedFew((database) =>
      database.exec(`UPDATE snapshots SET made_from = '${'0'.repeat(64)}'`),
    );
    expect(library.study(rerunStudy).review).toEqual(folded(library).review);
  });

  it('made from other facts of the files is not used', async () => {
    const library = await reopenedFew((database) => {
      lie(database, true);
      database.exec(`UPDATE clips SET facts = json_set(facts, '$.view.code', 'a2c')`);
    });
    const { review } = library.study(rerunStudy);
    expect(review.clips[rerunClip]).toMatchObject({ view: { code: 'a2c' }, ruler: null });
  });

  it('that its files made stale by being read again is replaced by one that is relied on again', async () => {
    const library = await reopenedFew();
    const { facts, clips } = library.study(rerunStudy);
    const renewed = clips.map((clip) => ({ ...clip, view: { ...clip.view, code: 'a2c' as const } }));
    library.facts.renew(
      rerunStudy,
      { study: facts, studyIsRenewed: true, clips: renewed, keptClips: [], documents: [] },
      { readAgain: 'test' },
    );
    expect(library.study(rerunStudy).foldedTo).toBe(0);
    library.revisions.boundFold(rerunStudy);
    library.close();
    const again = await Library.open(library.path);
    open.push(again);
    const { foldedTo, head, review } = again.study(rerunStudy);
    expect(foldedTo).toBe(head);
    expect(review).toEqual(folded(again).review);
    expect(review.clips[rerunClip]!.view.code).toBe('a2c');
  });

  it('that cannot be kept for whatever reason takes nothing from the revision before it', async () => {
    const library = await reopenedFew((database) =>
      database.exec(
        `DELETE FROM snapshots; CREATE TRIGGER refuse BEFORE INSERT ON snapshots BEGIN SELECT RAISE(ABORT, 'no'); END`,
      ),
    );
    const defects: unknown[] = [];
    library.revisions.onDefect = (error) => void defects.push(error);
    const { head } = library.study(rerunStudy);
    rerun(library, 1000);
    expect(library.study(rerunStudy).head).toBeGreaterThan(head);
    expect(defects).toHaveLength(1);
    expect(defects[0]).not.toBeInstanceOf(SystolaError);
  });

  it('that is gone is made anew', async () => {
    const library = await reopenedFew((database) => database.exec('DELETE FROM snapshots'));
    expect(library.study(rerunStudy).review).toEqual(folded(library).review);
    library.revisions.boundFold(rerunStudy);
    const path = library.path;
    library.close();
    const database = new DatabaseSync(join(path, 'library.sqlite'), { readOnly: true });
    expect(kept(database).revision).toBeGreaterThan(0);
    database.close();
  });
});
