import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../core/review/review.ts';
import { message } from '../../../core/language/message.ts';
import type { Finding } from '../../../core/finding/finding.ts';
import { quantities } from '../../../core/quantity/quantities.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import { attributes } from '../../../main/dicom/write/attributes.ts';
import { verification } from '../../../main/export/dicom/document-state.ts';
import { plainName, plainText } from '../../../main/export/dicom/plain-text.ts';
import { ownCodes } from '../../../main/dicom/write/own-codes.ts';
import { patientStateItems, stageOfClip } from '../../../main/export/dicom/patient-state.ts';
import { dicomMeasurements } from '../../../main/export/dicom-measurements.ts';
import { dicomPdf } from '../../../main/export/dicom-pdf.ts';
import type { DataSet } from '../../../main/dicom/write/element.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { below, qualified, type ReadItem, readReport } from '../../fixtures/dicom/read-report.ts';
import {
  atriaBelow,
  beatingTraces,
  clipFacts,
  clipReview,
  runWithRoomBelow,
  studyFacts,
  studyReview,
  withRoomBelow,
} from '../../unit/core/shapes.ts';
import { changed, phantomPair, reportInput } from './phantom-document.ts';
import { snapshotOf } from './sample-snapshot.ts';

const pair = phantomPair();
const input = reportInput(pair);
const [a4c] = input.document.clips;
const read = async (snapshot: ExportSnapshot) => readReport(await dicomMeasurements.write(snapshot));
const numbersIn = (root: ReadItem) => below(root).filter(({ type }) => type === 'NUM');
const chosenIn = (root: ReadItem) =>
  numbersIn(root).filter((one) => qualified(one, 'DCM 121404') !== undefined);
const commentsIn = (root: ReadItem) =>
  root.children.filter(({ name }) => name === 'DCM 121106').map(({ text }) => text);
const ejection = (root: ReadItem) => chosenIn(root).find(({ name }) => name === 'LN 18043-0');

function decided(decision: Decision): ExportSnapshot {
  const { document } = input;
  return snapshotOf({ ...input, document: { ...document, review: { ...document.review, decision } } });
}
const at = '2026-02-03T08:00:00.000Z';

describe('the state of a document', () => {
  it('is complete when the study was accepted, with the person who did', async () => {
    const { dict, root } = await read(decided({ state: 'accepted', at, by: 'Reader^Rita=x' }));
    expect(dict['0040A491']?.Value).toEqual(['COMPLETE']);
    // No organisation is known, so that nobody verifies.
    expect(dict['0040A493']?.Value).toEqual(['UNVERIFIED']);
    expect(below(root).find(({ name }) => name === 'DCM 121008')?.text).toBe('Reader Rita x^');
    expect(qualified((await read(snapshotOf(input))).root, 'DCM 121008')).toBeUndefined();
  });

  it.each([dicomMeasurements, dicomPdf])('keeps a rejected study out of $id', async (exporter) => {
    await expect(exporter.write(decided({ state: 'rejected', at, by: 'Dr. Reader' }))).rejects.toMatchObject({
      code: 'not-writable',
      message: /was rejected/,
    });
  });

  it.each([
    [{ name: 'Dr. Reader', organisation: null, at }, 'UNVERIFIED'],
    [{ name: 'Dr. Reader', organisation: ' ', at }, 'UNVERIFIED'],
    [{ name: ' ', organisation: 'Ward 7', at }, 'UNVERIFIED'],
    [null, 'UNVERIFIED'],
    [{ name: 'Dr. Reader', organisation: 'Ward 7', at }, 'VERIFIED'],
  ])('is verified only by a name with an organisation: %j', (signer, flag) => {
    const written = verification(signer);
    expect(written[0]?.values).toEqual([flag]);
    expect(written.length).toBe(flag === 'VERIFIED' ? 2 : 1);
    if (flag !== 'VERIFIED') return;
    const [item] = written[1]!.values as readonly DataSet[];
    const value = (tag: number) => item?.find((one) => one.attribute.tag === tag)?.values;
    expect(value(attributes.VerifyingOrganization.tag)).toEqual(['Ward 7']);
    expect(value(attributes.VerifyingObserverName.tag)).toEqual(['Dr. Reader^']);
    expect(value(attributes.VerificationDateTime.tag)).toEqual(['20260203080000+0000']);
  });
});

describe('numbers', () => {
  it('are none of a study in which nothing is measured', async () => {
    const { document } = input;
    const clips = Object.fromEntries(
      Object.entries(document.review.clips).map(([uid, clip]) => [uid, { ...clip, traces: {} }]),
    );
    const review = { ...document.review, clips };
    const measurements = measureStudy(document.facts, document.clips, review, input.settings);
    const empty = snapshotOf({ ...input, document: { ...document, review }, measurements });
    await expect(dicomMeasurements.write(empty)).rejects.toMatchObject({ code: 'not-writable' });
  });

  it('of a clip that nothing calibrates are ratios alone, with the reason', async () => {
    const bare = reportInput(pair, { changeClip: (clip) => ({ ...clip, regions: [] }) });
    const { root } = await read(snapshotOf(bare));
    const measured = numbersIn(root).filter(({ relationship }) => relationship === 'CONTAINS');
    const units = new Set(measured.map(({ unit }) => unit));
    expect(units).toEqual(new Set(['UCUM {H.B.}/min', 'UCUM m2', 'UCUM %', 'UCUM 1']));
    expect(ejection(root)?.number).toBeGreaterThan(30);
    expect(commentsIn(root).join()).toMatch(/calibrat/i);
  });

  it('that a finding refuses are in no report, only the finding', async () => {
    // At five times the scale the A2C ventricle is one that no heart has: its calibration is not believed.
    const huge = reportInput(pair, {
      changeClip: (clip) =>
        clip.view.code === 'a4c'
          ? clip
          : {
              ...clip,
              regions: clip.regions.map((one) => ({
                ...one,
                deltaX: one.deltaX! * 5,
                deltaY: one.deltaY! * 5,
              })),
            },
    });
    const { root } = await read(snapshotOf(huge));
    const ofA2c = numbersIn(root).filter((one) => qualified(one, 'DCM 111031') === 'SCT 399232001');
    // What no scale is in stays: strain rests on both views.
    expect(new Set(ofA2c.map(({ unit }) => unit))).toEqual(new Set(['UCUM %', 'UCUM 1']));
    const volumes = numbersIn(root).filter(({ unit }) => unit === 'UCUM ml');
    expect(volumes.length).toBeGreaterThan(0);
    for (const { number } of volumes) expect(number).toBeLessThan(200);
  });

  it('have no verdict where a finding doubts them, and the finding as a comment', async () => {
    const finding = (severity: Finding['severity'], text: string): Finding => ({
      code: 'ef-implausible',
      severity,
      message: message('unit.other', { unit: text }),
      sources: [],
    });
    const findings = [
      finding('warning', 'Doubtful: \u0007STAGE\\1.'),
      finding('refusal', 'No.'),
      finding('information', 'By the way.'),
    ];
    const doubted = { ...input, measurements: { ...input.measurements, findings } };
    const { root } = await read(snapshotOf(doubted));
    expect(qualified(ejection(root)!, 'DCM 121402')).toBe('SCT 371934000');
    const comments = commentsIn(root);
    expect(comments).toContain('Doubtful: STAGE 1.');
    expect(comments).toContain('No.');
    expect(comments).not.toContain('By the way.');
  });

  it.each([
    [30, 'SCT 371880002'],
    [55, 'SCT 17621005'],
    // Above normal is not graded for EF: nothing is said.
    [80, undefined],
  ])('say whether they are normal: EF %i', async (value, verdict) => {
    const measurements = input.measurements.measurements.map((one) =>
      one.name === 'EF' ? { ...one, value } : one,
    );
    const changedEf = { ...input, measurements: { ...input.measurements, measurements } };
    const { root } = await read(snapshotOf(changedEf));
    expect(qualified(ejection(root)!, 'DCM 121402')).toBe(verdict);
  });

  it('have limits only where the sex is known, and at rest', async () => {
    const other = reportInput(pair, {
      facts: { patient: { ...input.document.facts.patient, sex: 'unknown' } },
    });
    const { root } = await read(snapshotOf(other));
    expect(qualified(ejection(root)!, 'DCM 121408')).toBeUndefined();
    const stressed = { ...input, measurements: { ...input.measurements, atRest: false } };
    const { root: exercised } = await read(snapshotOf(stressed));
    expect(ejection(exercised)!.children.some(({ name }) => name === 'DCM 121402')).toBe(false);
  });

  it('are of the beats that the reader left in', async () => {
    const uid = a4c!.sopInstanceUid;
    const clip = input.measurements.clips[uid]!;
    expect(clip.measuredBeats.length).toBeGreaterThan(1);
    const marks = [clip.beats[0]!.edFrame];
    const without = changed(input, [
      { slot: 'excludedBeats', sopInstanceUid: uid, before: null, after: marks },
    ]);
    const count = async (snapshot: ExportSnapshot) =>
      numbersIn((await read(snapshot)).root).filter(
        (one) => one.name === 'LN 18077-8' && qualified(one, 'DCM 111031') === 'SCT 399214001',
      ).length;
    expect(await count(snapshotOf(without))).toBe((await count(snapshotOf(input))) - 1);
  });

  it('name the frames that a reader corrected, and no model for what a reader drew', async () => {
    const uid = a4c!.sopInstanceUid;
    const { edFrame } = input.measurements.clips[uid]!.beats[0]!;
    const before = input.document.review.clips[uid]!.traces['lv-cavity']![edFrame]!;
    const with_ = (from: 'model' | 'manual') =>
      changed(input, [
        {
          ...{ slot: 'trace', sopInstanceUid: uid, structure: 'lv-cavity', frame: edFrame, before },
          after: { ...before, source: { kind: 'edited', from }, confidence: null },
        },
      ]);
    const length = (root: ReadItem) =>
      numbersIn(root).find(
        (one) => one.name === 'LN 18077-8' && qualified(one, 'DCM 111031') === 'SCT 399214001',
      )!;
    const corrected = length((await read(snapshotOf(with_('model')))).root);
    expect(qualified(corrected, 'DCM 111002')).toContain(`frames by a reader=${edFrame + 1}`);
    const drawn = length((await read(snapshotOf(with_('manual')))).root);
    expect(qualified(drawn, 'DCM 111001')).toBeUndefined();
  });

  it('of the left atrium stand under its own site', async () => {
    const cavities = beatingTraces(60, 25);
    const study = studyFacts({ heightCm: 170, weightKg: 70 });
    const clip = clipFacts({ ...withRoomBelow, frames: 60 });
    const own = clipReview(clip, { traces: cavities, run: runWithRoomBelow });
    const review = studyReview(study, [
      [clip, { ...own, traces: { ...own.traces, 'left-atrium': atriaBelow(cavities) } }],
    ]);
    const measurements = measureStudy(study, [clip], review, defaultSettings);
    const document = { ...input.document, facts: study, clips: [clip], review };
    const { root } = await read(snapshotOf({ ...input, document, measurements }));
    const site = root.children.find((one) => qualified(one, 'SCT 363698007') === 'SCT 82471001')!;
    const volumes = chosenIn(site);
    const names = ['SCT 399235004', '99SYSTOLA LAVMIN', '99SYSTOLA LAEF'];
    expect(new Set(volumes.map(({ name }) => name))).toEqual(new Set(names));
    expect(new Set(volumes.map(({ unit }) => unit))).toEqual(new Set(['UCUM ml', 'UCUM ml/m2', 'UCUM %']));
    expect(volumes[0]?.number).toBe(measurements.measurements.find(({ name }) => name === 'LAV max')?.value);
  });
});

describe('what no published scheme has a code for', () => {
  it('has one of our own, whose scheme is declared, and no other report declares it', async () => {
    const { dict, root } = await read(snapshotOf(input));
    const own = numbersIn(root).filter(({ name }) => name.startsWith('99SYSTOLA'));
    expect(own.map(({ name }) => name)).toContain('99SYSTOLA LVSPHERICITY');
    expect(JSON.stringify(dict['00080110'])).toContain('99SYSTOLA');
    const strain = chosenIn(root).find(({ name }) => name === '99SYSTOLA CONTOURSTRAIN');
    const panel = input.measurements.measurements.find(({ name }) => name === 'Contour strain');
    expect(strain).toMatchObject({ number: panel!.value, unit: 'UCUM %' });
    const bare = {
      ...input.measurements,
      measurements: input.measurements.measurements.filter(({ name }) => name === 'BSA' || name === 'EF'),
      clips: {},
    };
    const { dict: plain } = await read(snapshotOf({ ...input, measurements: bare }));
    expect(plain['00080110']).toBeUndefined();
  });

  it('is every quantity without a code, each with another value', () => {
    const without = quantities.filter(({ code }) => code === null).map(({ name }) => name);
    expect(Object.keys(ownCodes).toSorted()).toEqual(without.toSorted());
    const values = Object.values(ownCodes).map(({ value }) => value);
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) expect(value).toMatch(/^[A-Z]{1,16}$/);
  });
});

describe('the stage of a stress study', () => {
  const staged = (name: string, clip: ClipFacts): ClipFacts => ({ ...clip, stage: { name, number: null } });
  const states = async (names: readonly [string, string]) => {
    const clips = reportInput(pair, {
      changeClip: (clip) => staged(names[clip.view.code === 'a4c' ? 0 : 1], clip),
    });
    const { root } = await read(snapshotOf(clips));
    return below(root)
      .filter(({ name }) => name === 'DCM 125007')
      .map((group) => qualified(group, 'DCM 109054'));
  };

  it('is rest or stress by code, and not said where it tells neither', async () => {
    expect(new Set(await states(['REST', 'REST']))).toEqual(new Set(['SCT 128975004']));
    expect(new Set(await states(['REST', 'PEAK']))).toEqual(new Set(['SCT 128975004']));
    expect(await states(['PEAK', 'REST'])).toContain('SCT 128975004');
    const plain = await read(snapshotOf(input));
    expect(below(plain.root).some(({ name }) => name === 'DCM 109054')).toBe(false);
  });

  it('is told of each clip and of the study', () => {
    const stages = [
      { stage: { name: 'REST', number: 1 }, clips: ['1'] },
      { stage: { name: 'PEAK', number: 2 }, clips: ['2'] },
      { stage: { name: 'Stage 3', number: 3 }, clips: ['3'] },
      { stage: null, clips: ['4'] },
    ];
    const state = (uid: string) =>
      patientStateItems({ stages }, stageOfClip({ stages }, uid)).map(({ item }) => item.value[0]);
    expect(['1', '2'].map((uid) => JSON.stringify(state(uid)))).toEqual([
      expect.stringContaining('128975004'),
      expect.stringContaining('432655005'),
    ]);
    expect(['3', '4', '5'].map(state)).toEqual([[], [], []]);
  });
});

describe('patient and study', () => {
  const named = (facts: Parameters<typeof reportInput>[1] & object) => snapshotOf(reportInput(pair, facts));

  it('keep names of every script', async () => {
    const { dict } = await read(
      named({ name: 'Yamada^Tarou', ideographic: '山田^太郎', phonetic: 'やまだ^たろう' }),
    );
    expect(dict['00100010']?.Value).toEqual([
      { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
    ]);
    for (const name of ['Łukasz^Żółć', 'Люкceмбypг', 'محمد^علي', 'דוד^לוי', 'สมชาย']) {
      const { dict: one } = await read(named({ name }));
      expect(one['00100010']?.Value).toEqual([{ Alphabetic: name }]);
    }
  });

  it('are refused where an identity does not fit, and shortened where a text only describes', async () => {
    const patient = { ...input.document.facts.patient, patientId: '7'.repeat(65) };
    await expect(dicomMeasurements.write(named({ facts: { patient } }))).rejects.toMatchObject({
      code: 'not-writable',
      tag: attributes.PatientID.tag,
    });
    await expect(
      dicomMeasurements.write(named({ facts: { accessionNumber: 'A'.repeat(17) } })),
    ).rejects.toThrow('AccessionNumber (0008,0050)');
    const { dict } = await read(named({ facts: { description: `a\\b\n${'c'.repeat(80)}` } }));
    expect(dict['00081030']?.Value).toEqual([`a b ${'c'.repeat(60)}`]);
    expect([plainText(' \\ ', 64), plainText(null, 64), plainName('a=b^c')]).toEqual([null, null, 'a b c^']);
  });

  it('go by the last revision, and without one by the moment of the export', async () => {
    const { dict } = await read({ ...snapshotOf(input), document: input.document });
    expect([dict['00080023']?.Value, dict['00080033']?.Value]).toEqual([['20260304'], ['050607']]);
  });
});
