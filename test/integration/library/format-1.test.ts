import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { ErrorResponse, StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import { largestCoordinate } from '../../../core/geometry/schema.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { cavityTraces } from '../../../core/review/traces.ts';
import { revisionFormat } from '../../../core/review/upcast.ts';
import { oldLibrary } from './old-library.ts';
import { storedNumbers } from './stored-numbers.ts';

const study = '1.2.3.4.5';
const oddStudy = '1.2.3.4.6';
const { studies: expected, copy, opened } = oldLibrary(1);

describe('a library of format 1', () => {
  it('opens with the numbers, contours and history that it had', async () => {
    const { application, json, send } = await opened();
    const { library } = application.services;
    const { facts, clips, review, history } = await json<StudyDocument>('GET', `studies/${study}`);
    expect(history).toHaveLength(expected[study]!.revisions);
    const measured = measureStudy(facts, clips, review, library.settings());
    expect(storedNumbers(measured.measurements, ['LV sphericity ED'])).toEqual(expected[study]!.measurements);
    for (const [uid, clip] of Object.entries(expected[study]!.clips)) {
      expect(storedNumbers(measured.clips[uid]!.measurements, ['LV sphericity ED'])).toEqual(
        clip.measurements,
      );
      expect(measured.clips[uid]!.curve).toEqual(clip.curve);
      expect(Object.keys(cavityTraces(review.clips[uid]))).toHaveLength(clip.traces);
    }
    expect(measured.findings.map(({ code }) => code)).not.toContain('read-again');
    expect(review.decision).toMatchObject({ state: 'accepted', by: 'Dr. Reader' });
    expect(review.clips[`${study}.1`]!.run).toMatchObject({ complete: true, sector: { source: 'region' } });
    expect((await send('GET', `studies/${study}/exports/pdf`)).status).toBe(200);
    expect(library.audit.firstBrokenEntry()).toBeNull();
  });

  it('says which revisions held what is beyond the limits of today, and goes on from there', async () => {
    const { json, send } = await opened();
    const { history } = await json<StudyDocument>('GET', `studies/${study}`);
    const limited = history.filter(({ label }) => label.includes('beyond the limits'));
    // The contour at 1e300 with its undo, redo and undo; the long date, the edit that took it back, undo and redo.
    expect(limited.map(({ kind }) => kind)).toEqual([
      'edit',
      'undo',
      'redo',
      'undo',
      'edit',
      'edit',
      'undo',
      'redo',
    ]);
    const before = await json<StudyDocument>('GET', `studies/${study}`);
    for (let step = 0; step < 12; step += 1) {
      expect((await send('POST', `studies/${study}/undo`)).status).toBe(201);
    }
    for (let step = 0; step < 12; step += 1) {
      expect((await send('POST', `studies/${study}/redo`)).status).toBe(201);
    }
    const { review } = await json<StudyDocument>('GET', `studies/${study}`);
    expect(review.clips).toEqual(before.review.clips);
  });

  it('opens, lists and reports a study in which odd values stand', async () => {
    const { json, send } = await opened();
    const { review, history, head } = await json<StudyDocument>('GET', `studies/${oddStudy}`);
    expect(history).toHaveLength(expected[oddStudy]!.revisions);
    const { ruler } = review.clips[`${oddStudy}.1`]!;
    const traces = cavityTraces(review.clips[`${oddStudy}.1`]);
    const coordinates = [
      ...Object.values(traces).flatMap(({ points }) => points),
      ruler!.from,
      ruler!.to,
    ].flat();
    expect(Math.max(...coordinates.map(Math.abs))).toBe(largestCoordinate);
    expect(traces[0]!.source).toEqual({
      kind: 'model',
      model: 'm'.repeat(64),
      sha256: 'not a hash',
      leastConfidence: 0.5,
    });
    expect(review.decision).toMatchObject({ state: 'accepted', at: 'yesterday '.repeat(7).slice(0, 64) });
    expect((await send('GET', `studies/${oddStudy}/exports/pdf`)).status).toBe(200);
    expect(await json<StudySummary[]>('GET', 'studies')).toHaveLength(2);
    // A correction of such a contour is taken like any other.
    const change = {
      slot: 'trace',
      structure: 'lv-cavity',
      sopInstanceUid: `${oddStudy}.1`,
      frame: 1,
      before: traces[1],
      after: null,
    };
    const answer = await send('POST', `studies/${oddStudy}/revisions`, {
      head,
      label: 'x',
      changes: [change],
    });
    expect(answer.status).toBe(201);
  });

  it('is the same after a restart, and new revisions say their format', async () => {
    const path = copy();
    const first = await opened(path);
    const document = await first.json<StudyDocument>('GET', `studies/${study}`);
    await first.json('POST', `studies/${study}/undo`);
    await first.json('POST', `studies/${study}/redo`);
    await first.application.close();
    const { json, application } = await opened(path);
    const { review } = await json<StudyDocument>('GET', `studies/${study}`);
    expect(review.clips).toEqual(document.review.clips);
    await application.close();
    const database = new DatabaseSync(join(path, 'library.sqlite'));
    const formats = database.prepare('SELECT format, count(*) AS n FROM revisions GROUP BY format').all();
    database.close();
    expect(formats).toMatchObject([{ format: 1 }, { format: revisionFormat, n: 2 }]);
  });
});

describe('a revision', () => {
  /** A revision of this format and content behind the others of the study. */
  function withRevision(format: number, changes: unknown): string {
    const path = copy();
    const database = new DatabaseSync(join(path, 'library.sqlite'));
    // The layout that has the column.
    database.exec('ALTER TABLE revisions ADD COLUMN format INTEGER NOT NULL DEFAULT 1');
    database.exec('ALTER TABLE clips ADD COLUMN reader_version INTEGER NOT NULL DEFAULT 1');
    database.exec('ALTER TABLE studies ADD COLUMN reader_version INTEGER NOT NULL DEFAULT 1');
    database.exec('PRAGMA user_version = 2');
    database
      .prepare(
        `INSERT INTO revisions (study_instance_uid, at, author, kind, label, changes, format)
         VALUES (?, '2026-01-01T00:00:00.000Z', 'reader', 'edit', 'x', ?, ?)`,
      )
      .run(study, JSON.stringify(changes), format);
    database.close();
    return path;
  }

  it.each([
    ['of a newer format is no damage', 99, [], 'newer-version', 'Update Systola'],
    [
      'with a key that is not known is not read as if it had none',
      2,
      [
        {
          slot: 'trace',
          sopInstanceUid: `${study}.1`,
          frame: 0,
          structure: 'left-atrium',
          before: null,
          after: null,
        },
      ],
      'malformed',
      'damaged',
    ],
    ['that is no list is damage', 1, { slot: 'view' }, 'malformed', 'damaged'],
    ['of a slot that is not known is damage', 1, [{ slot: 'strain' }], 'malformed', 'damaged'],
  ])('%s', async (_, format, changes, code, words) => {
    const { send } = await opened(withRevision(format, changes));
    const response = await send('GET', `studies/${study}`);
    expect(response.status).toBe(422);
    const { error } = (await response.json()) as ErrorResponse;
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    // The others of the library are as they were.
    expect((await send('GET', `studies/${oddStudy}`)).status).toBe(200);
  });
});
