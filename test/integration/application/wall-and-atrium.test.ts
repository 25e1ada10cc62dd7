import { afterEach, describe, expect, it } from 'vitest';
import { analysisSchema } from '../../../core/analysis/analysis.ts';
import type { SessionInfo, StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { changeSchema } from '../../../core/review/schema.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import { analysedStudy } from '../../../main/export/analysed-study.ts';
import { leaveToLookAt, pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { atriaBelow, beatingTraces, wallsAround } from '../../unit/core/shapes.ts';
import { apicalClip, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

/** 500 × 700 pixels of 0.4 mm, as test/unit/core/shapes.ts draws into. */
const frames = 31;
const picture = {
  rows: 700,
  columns: 500,
  frames,
  pixels: () => new Uint8Array(700 * 500).fill(60),
  regions: [{ box: [0, 0, 499, 699] as [number, number, number, number], deltaX: 0.04, deltaY: 0.04 }],
};
const views = {
  a4c: { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' },
  a2c: { code: '399232001', scheme: 'SCT', meaning: 'Apical two chamber' },
} as const;
const uids = { a4c: `${studyUid}.4`, a2c: `${studyUid}.2` } as const;

const cavities = beatingTraces(frames, 25, { source: { kind: 'manual' } });
const drawn = {
  'lv-cavity': cavities,
  'lv-wall': wallsAround(cavities),
  'left-atrium': atriaBelow(cavities),
} as const;

async function opened(path: string) {
  const station = await workstation(path);
  running.push(station.application);
  const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
  const record = async (changes: readonly unknown[]) => {
    const { head } = await document();
    return station.send('POST', `studies/${studyUid}/revisions`, { head, label: 'drew', changes });
  };
  const draw = (structure: keyof typeof drawn, uid: string) =>
    record(
      Object.entries(drawn[structure]).map(([frame, after]) => ({
        ...{ slot: 'trace', structure, sopInstanceUid: uid, frame: Number(frame), before: null, after },
      })),
    );
  return { ...station, document, record, draw };
}

const numbers = ({ facts, clips, review }: StudyDocument) =>
  measureStudy(facts, clips, review, defaultSettings);

describe('wall and atrium', () => {
  it('are structures of every installation; their numbers go from the store to JSON and report, and are undone', async () => {
    const path = folder();
    const { application, json, send, document, record, draw } = await opened(path);
    expect((await json<SessionInfo>('GET', 'session')).structures.map(({ id }) => id)).toEqual([
      'lv-cavity',
      'lv-wall',
      'left-atrium',
    ]);
    await upload(application, {
      'a4c.dcm': apicalClip({ ...picture, view: views.a4c, sopInstanceUid: uids.a4c }),
      'a2c.dcm': apicalClip({ ...picture, view: views.a2c, sopInstanceUid: uids.a2c }),
    });
    for (const uid of Object.values(uids)) expect((await draw('lv-cavity', uid)).status).toBe(201);
    const { body } = (await document()).review;
    const own = (value: unknown) => ({ value, source: 'user' });
    const known = { ...body, sex: own('female'), heightCm: own(170), weightKg: own(70) };
    expect((await record([{ slot: 'body', before: body, after: known }])).status).toBe(201);
    const before = numbers(await document());
    expect(before.measurements.map(({ name }) => name)).toContain('Contour strain');
    expect(before.measurements.map(({ name }) => name)).not.toContain('LAV max');

    for (const uid of Object.values(uids)) {
      expect((await draw('lv-wall', uid)).status).toBe(201);
      expect((await draw('left-atrium', uid)).status).toBe(201);
    }
    const now = await document();
    const measured = numbers(now);
    const found = (name: string) => measured.measurements.find((one) => one.name === name)!;
    expect(found('LAVI max')).toMatchObject({ method: 'biplane-disks', view: 'biplane', unit: 'mL/m²' });
    expect(found('LAVI max').value).toBeCloseTo(found('LAV max').value / found('BSA').value, 9);
    expect(measured.measurements.filter(({ name }) => /^(E|S)/.test(name))).toEqual(
      before.measurements.filter(({ name }) => /^(E|S)/.test(name)),
    );

    const written = analysedStudy(now, measured, ({ fileName }) => fileName, new Set());
    const study = analysisSchema.shape.studies.element.parse(JSON.parse(JSON.stringify(written)));
    const names = new Set(study.clips[0]!.measurements.map(({ name }) => name));
    for (const name of ['LAV max', 'LAEF', 'LV wall mid ED', 'Contour strain mid-wall']) {
      expect(names.has(name), name).toBe(true);
    }
    expect(study.clips[0]!.traces.map(({ structure }) => structure)).toContain('left-atrium');

    const answer = await send('GET', `studies/${studyUid}/exports/pdf`);
    expect(answer.status).toBe(200);
    const report = new Uint8Array(await answer.arrayBuffer());
    leaveToLookAt(report, 'wall-and-atrium');
    if (readsPdf) {
      const text = pdfText(report);
      expect(text).toMatch(new RegExp(`LAVI max\\s+${found('LAVI max').value.toFixed(0)} mL/m².*16–34`));
      expect(text).toMatch(/Contour strain\s+-20\.\d %/);
      expect(text).toMatch(/LV wall mid ED \(mm\)\s+\d+\.\d\s+\d+\.\d/);
    }

    await json('POST', `studies/${studyUid}/undo`);
    const undone = numbers(await document()).measurements.filter(({ name }) => name === 'LAV max');
    expect(undone.map(({ method }) => method)).toEqual(['single-plane-disks', 'area-length']);
  });

  it('are drawn with hinges and apex; what is stored without is read, and gives no numbers', async () => {
    const { application, record } = await opened(folder());
    await upload(application, {
      'a4c.dcm': apicalClip({ ...picture, view: views.a4c, sopInstanceUid: uids.a4c }),
    });
    const after = { ...drawn['left-atrium'][0]!, apexIndex: null };
    const change = { slot: 'trace', sopInstanceUid: uids.a4c, frame: 0, before: null, after };
    expect((await record([{ ...change, structure: 'left-atrium' }])).status).toBe(400);
    expect(changeSchema.safeParse({ ...change, structure: 'left-atrium' }).success).toBe(true);
    expect(changeSchema.safeParse({ ...change, structure: 'lv-cavity' }).success).toBe(false);
  });
});
