import { describe, expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { gradeDoubt, reliability } from '../../../core/assessment/reliability.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { governingPicture } from '../../../core/clip/pictures.ts';
import type { SaidView } from '../../../core/clip/view.ts';
import { contradictionOf, viewOf, type ViewRecognition } from '../../../core/clip/view-recognition.ts';
import { inEnglish } from '../../../core/language/english.ts';
import { clipView, untraceable } from '../../../core/measurement/untraceable.ts';
import { isContouredUnrecognised, wantsRecognition } from '../../../core/measurement/wants-recognition.ts';
import { editSchema } from '../../../core/review/edit.ts';
import { changesSchema } from '../../../core/review/schema.ts';
import { revisionFormat, upcastChanges } from '../../../core/review/upcast.ts';
import { certaintyPercent, viewText } from '../../../core/wording/view.ts';
import {
  beatingTraces,
  clipFacts,
  clipReview,
  options,
  studyFacts,
  studyReview,
  type CavityReview,
} from './shapes.ts';

const by = { recogniser: 'views', version: '1', sha256: 'a'.repeat(64) };
const recognised = (code: ViewRecognition['code'], certainty = 0.93): ViewRecognition => ({
  code,
  certainty,
  ...by,
});
const none: SaidView = { code: 'unknown', source: 'none' };
const said = (code: SaidView['code'], source: SaidView['source']): SaidView => ({ code, source });

describe('the view of a clip', () => {
  it.each([
    ['the reader before all', said('a2c', 'user'), recognised('a4c'), said('a2c', 'user')],
    ['the file before the pictures', said('a2c', 'file'), recognised('a4c'), said('a2c', 'file')],
    [
      'the pictures before what is assumed',
      said('a2c', 'assumed'),
      recognised('a4c'),
      { code: 'a4c', source: 'recognised', certainty: 0.93 },
    ],
    [
      'what is assumed where the pictures leave it open',
      said('a2c', 'assumed'),
      recognised('unknown', 0.5),
      said('a2c', 'assumed'),
    ],
    ['nothing where all leave it open', none, recognised('unknown', 0.5), none],
    ['nothing where nobody was asked', none, null, none],
    ['left open by the reader', said('unknown', 'user'), recognised('a4c'), said('unknown', 'user')],
  ])('is told by %s', (_, view, recognition, expected) => {
    expect(viewOf(view, recognition)).toEqual(expected);
  });

  it('is that of the picture which the recogniser was shown', () => {
    const facts = clipFacts({ view: none });
    const picture = { minX: 0, minY: 0, maxX: 10, maxY: 10 };
    const review = clipReview(facts, { recognition: { ...recognised('a4c'), picture } });
    expect(clipView(facts, review)).toEqual(none);
    expect(wantsRecognition(facts, review, by)).toBe(true);
  });
});

describe('a recogniser', () => {
  const facts = clipFacts({ view: none, regions: [] });
  const wants = (changes: CavityReview, changed = facts) =>
    wantsRecognition(changed, clipReview(changed, changes), by);

  it('is asked once, and again where it is another one', () => {
    expect(wants({})).toBe(true);
    expect(wants({ recognition: recognised('a4c') })).toBe(false);
    expect(wants({ recognition: recognised('unknown', 0.4) })).toBe(false);
    for (const change of [{ version: '2' }, { sha256: 'b'.repeat(64) }, { recogniser: 'others' }]) {
      expect(wants({ recognition: { ...recognised('a4c'), ...change } })).toBe(true);
    }
  });

  it('is not asked where the reader has set the view, nor of stills and spectra', () => {
    expect(wants({ view: said('a4c', 'user') })).toBe(false);
    expect(wants({ view: said('unknown', 'user') })).toBe(false);
    expect(wants({ view: said('a4c', 'file') })).toBe(true);
    expect(wants({}, { ...facts, frames: 1 })).toBe(false);
    expect(wants({}, { ...facts, bMode: false })).toBe(false);
  });
});

describe('a clip with contours', () => {
  const facts = clipFacts({ view: none, regions: [] });
  const stated = clipFacts({ view: said('a4c', 'file'), regions: [] });
  const byReader = beatingTraces(40, 20, { source: { kind: 'manual' } });
  const byModel = beatingTraces(40, 20);

  it('of a reader keeps its numbers; what its file states is held against its pictures', () => {
    expect(wantsRecognition(facts, clipReview(facts, { traces: byReader }), by)).toBe(false);
    expect(wantsRecognition(facts, clipReview(facts, { traces: byModel }), by)).toBe(true);
    expect(wantsRecognition(stated, clipReview(stated, { traces: byReader }), by)).toBe(true);
  });

  it('from before there was a recogniser keeps its numbers until it is contoured again', () => {
    expect(isContouredUnrecognised(clipReview(facts, { traces: byModel }))).toBe(true);
    expect(isContouredUnrecognised(clipReview(facts, { run: null }))).toBe(false);
    expect(isContouredUnrecognised(clipReview(stated, { traces: byModel }))).toBe(false);
    expect(
      isContouredUnrecognised(clipReview(facts, { traces: byModel, recognition: recognised('a4c') })),
    ).toBe(false);
  });
});

describe('findings of a recognised view', () => {
  const facts = clipFacts({ view: none, regions: [] });
  const traces = beatingTraces(40, 20);
  const measured = (changes: CavityReview, changed = facts) =>
    measureClip(changed, clipReview(changed, { traces, ...changes }), options);
  const codes = (changes: CavityReview, changed = facts) =>
    measured(changes, changed).findings.map(({ code }) => code);

  it('mark a clip that is measured by it, until the reader confirms it', () => {
    const found = measured({ recognition: recognised('a4c') });
    expect(found.view).toEqual({ code: 'a4c', source: 'recognised', certainty: 0.93 });
    expect(found.measurements.length).toBeGreaterThan(0);
    expect(found.findings.find(({ code }) => code === 'view-recognised')).toMatchObject({
      severity: 'warning',
    });
    expect(codes({ recognition: recognised('a4c'), view: said('a4c', 'user') })).not.toContain(
      'view-recognised',
    );
  });

  it('leave a clip of another view without numbers, say why, and end with the reader’s word', () => {
    const found = measured({ recognition: recognised('other', 0.97) });
    expect(found).toMatchObject({ measurements: [], beats: [] });
    expect(found.findings).toMatchObject([{ code: 'not-traced', severity: 'information' }]);
    expect(inEnglish.say(found.findings[0]!.message)).toMatch(/97 % certain.*set the view yourself/);
    const set = measured({ recognition: recognised('other', 0.97), view: said('a4c', 'user') });
    expect(set.measurements.length).toBeGreaterThan(0);
    expect(set.findings.map(({ code }) => code)).not.toContain('not-traced');
  });

  it('of an open view are those of a view that nobody knows', () => {
    expect(codes({ recognition: recognised('unknown', 0.5) })).toContain('view-unknown');
    expect(codes({ recognition: recognised('a4c') })).not.toContain('view-unknown');
  });

  it('say that the pictures contradict the file, which is followed', () => {
    const stated = clipFacts({ view: said('a2c', 'file'), regions: [] });
    const found = measured({ recognition: recognised('a4c') }, stated);
    expect(found.view).toEqual(said('a2c', 'file'));
    const contradiction = found.findings.find(({ code }) => code === 'view-contradicted');
    expect(contradiction).toMatchObject({ severity: 'warning' });
    expect(inEnglish.say(contradiction!.message)).toContain(
      '“A2C”, its pictures were recognised as “A4C” (93 %',
    );
    expect(codes({ recognition: recognised('a2c') }, stated)).not.toContain('view-contradicted');
    expect(codes({ recognition: recognised('unknown', 0.6) }, stated)).not.toContain('view-contradicted');
    expect(codes({ recognition: recognised('a4c'), view: said('a2c', 'user') }, stated)).not.toContain(
      'view-contradicted',
    );
    expect(contradictionOf(none, recognised('a4c'))).toBeNull();
  });

  it('say so of a view that the file calls no apical one, too', () => {
    const stated = clipFacts({ view: said('other', 'file'), regions: [] });
    expect(codes({ recognition: recognised('a4c') }, stated)).toEqual(['view-contradicted', 'not-traced']);
    expect(codes({ recognition: recognised('other') }, stated)).toEqual(['not-traced']);
  });

  it('of the study name the views that its numbers rest on', () => {
    const study = studyFacts();
    const calibrated = clipFacts({ view: none });
    const picture = governingPicture(calibrated, null)!.box;
    const of = (changes: CavityReview) =>
      measureStudy(
        study,
        [calibrated],
        studyReview(study, [[calibrated, clipReview(calibrated, { traces, ...changes })]]),
        options,
      );
    const recognition = { ...recognised('a4c'), picture };
    const found = of({ recognition });
    expect(found.used).toEqual([calibrated.sopInstanceUid]);
    const finding = found.findings.find(({ code }) => code === 'view-recognised');
    expect(finding && inEnglish.say(finding.message)).toContain('A4C 93 %?');
    expect(of({ recognition, view: said('a4c', 'user') }).findings.map(({ code }) => code)).not.toContain(
      'view-recognised',
    );
  });
});

describe('a study with a clip whose view was only recognised', () => {
  const study = studyFacts();
  const whole = { traces: beatingTraces(65, 25) };
  const four = (facts: Partial<ClipFacts>, changes: CavityReview = {}) => {
    const clip = clipFacts({ frames: 65, regions: [], ...facts });
    return [clip, clipReview(clip, { ...whole, ...changes })] as const;
  };
  const measure = (...clips: ReturnType<typeof four>[]) =>
    measureStudy(
      study,
      clips.map(([facts]) => facts),
      studyReview(study, clips),
      options,
    );

  it('says so where strain alone rests on it', () => {
    const two = four({ view: none, sopInstanceUid: '1.2.3.2' }, { recognition: recognised('a2c') });
    const found = measure(four({}), two);
    expect(found.used).toEqual(['1.2.3.1']);
    expect(found.measurements.map(({ method }) => method)).toContain('mean-of-views');
    const finding = found.findings.find(({ code }) => code === 'view-recognised');
    expect(finding && inEnglish.say(finding.message)).toContain('A2C 93 %?');
    const confirmed = measure(four({}), four({ view: said('a2c', 'file'), sopInstanceUid: '1.2.3.2' }));
    expect(confirmed.findings.map(({ code }) => code)).not.toContain('view-recognised');
    // EF does not.
    expect(reliability(found)).toEqual(reliability(confirmed));
    expect(gradeDoubt(found, 'EF')).toBe(gradeDoubt(confirmed, 'EF'));
  });

  it('rests on one whose view was said, though it is older', () => {
    const newer = { view: none, sopInstanceUid: '1.2.3.9', acquiredAt: '2026-01-01T10:00:00' };
    const guess = four(newer, { recognition: recognised('a4c') });
    expect(measure(four({}), guess).used).toEqual(['1.2.3.1']);
    expect(measure(four({}), four({ ...newer, view: said('a4c', 'file') })).used).toEqual(['1.2.3.9']);
  });
});

describe('words of a recognised view', () => {
  it('mark it, and are never entirely sure', () => {
    expect(inEnglish.say(viewText({ code: 'a4c', source: 'recognised', certainty: 0.999 }))).toBe(
      'A4C 99 %?',
    );
    expect(inEnglish.say(viewText({ code: 'a4c', source: 'user' }))).toBe('A4C');
    expect(certaintyPercent(0.654)).toBe(65);
  });
});

describe('what is stored', () => {
  const change = { slot: 'recognition', sopInstanceUid: '1.2', before: null, after: recognised('a4c') };

  it('holds a recognition whole, and nothing that is not known', () => {
    expect(changesSchema.safeParse([change]).success).toBe(true);
    expect(changesSchema.safeParse([{ ...change, after: { ...change.after, certainty: 1.2 } }]).success).toBe(
      false,
    );
    expect(changesSchema.safeParse([{ ...change, after: { ...change.after, more: 1 } }]).success).toBe(false);
  });

  it('takes a recognised view from nobody as said', () => {
    const view = { slot: 'view', sopInstanceUid: '1.2', before: none };
    expect(changesSchema.safeParse([{ ...view, after: { code: 'a4c', source: 'recognised' } }]).success).toBe(
      false,
    );
    expect(editSchema.safeParse({ ...view, after: { code: 'a4c', source: 'user' } }).success).toBe(true);
    expect(editSchema.safeParse(change).success).toBe(false);
  });

  it('of the format before is what it was', () => {
    const before = [{ slot: 'view', sopInstanceUid: '1.2', before: none, after: said('a4c', 'user') }];
    expect(revisionFormat).toBe(8);
    expect(upcastChanges(4, before)).toEqual({ changes: before, limited: false });
  });
});

it('a clip of another view is not contoured, and is when the reader says so', () => {
  const facts = clipFacts({ view: none, regions: [] });
  const other = clipReview(facts, { recognition: recognised('other'), run: null });
  expect(untraceable(facts, other)).toBe('recognised-other');
  expect(untraceable(facts, { ...other, view: said('a4c', 'user') })).toBeNull();
  expect(untraceable(facts, { ...other, view: said('a4c', 'file') })).toBeNull();
});
