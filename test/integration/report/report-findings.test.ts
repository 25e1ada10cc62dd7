import { describe, expect, it } from 'vitest';
import { governingPicture } from '../../../core/clip/pictures.ts';
import type { Finding } from '../../../core/finding/finding.ts';
import { message } from '../../../core/language/message.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import { cavityTraces } from '../../../core/review/traces.ts';
import { writeReportPdf, type ReportInput } from '../../../main/report/report.ts';
import { pdfInformation, pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { changed, phantomPair, reportInput, sha256 } from './phantom-document.ts';

const pair = phantomPair();

describe.runIf(readsPdf)('what a report says to be checked', () => {
  it('marks guessed times, missing calibration and edited contours', async () => {
    const base = reportInput(pair, {
      changeClip: (clip) => ({
        ...clip,
        regions: [],
        timing: { ...clip.timing, source: 'assumed', guessed: true },
      }),
    });
    const [uid] = Object.keys(base.document.review.clips);
    const trace = cavityTraces(base.document.review.clips[uid!])[0]!;
    const after = { ...trace, source: { kind: 'edited', from: 'model' } } as const;
    const input = changed(base, [
      { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: uid!, frame: 0, before: trace, after },
    ]);
    const text = pdfText(await writeReportPdf(input));
    expect(text).toContain('no timing in the file, 30 frames/s assumed (GUESSED');
    expect(text).toContain('none, volumes are not given');
    expect(text).toContain('23 by the model, 1 edited');
    expect(text).toContain('single-plane disks');
    expect(text).not.toMatch(/\d mL/);
  });

  it('marks a view that was recognised and that nobody has confirmed', async () => {
    const base = reportInput(pair, {
      changeClip: (clip) => ({ ...clip, view: { code: 'unknown', source: 'none' } }),
    });
    const codes = ['a4c', 'a2c'] as const;
    const changes = base.document.clips.map((facts, index) => {
      const picture = governingPicture(facts, null)!.box;
      const by = { recogniser: 'views', version: '1', sha256: 'a'.repeat(64), picture };
      const after = { code: codes[index]!, certainty: 0.925, ...by };
      return { slot: 'recognition', sopInstanceUid: facts.sopInstanceUid, before: null, after } as const;
    });
    const input = changed(base, changes);
    const text = pdfText(await writeReportPdf(input));
    for (const words of [
      'A4C 93 %? ED, frame',
      'A2C 93 %? ES, frame',
      'View recognised, not confirmed',
      'view recognised from the pictures (93 % certain), confirmed by nobody',
      'that nobody has confirmed: A4C 93 %?, A2C 93 %?',
    ])
      expect(text.replaceAll(/\s+/g, ' ')).toContain(words);
    const confirm = base.document.clips.map(({ sopInstanceUid }, index) => ({
      ...({ slot: 'view', sopInstanceUid, before: { code: 'unknown', source: 'none' } } as const),
      after: { code: codes[index]!, source: 'user' } as const,
    }));
    const confirmed = pdfText(await writeReportPdf(changed(input, confirm)));
    expect(confirmed).not.toMatch(/recognised|%\?/);
  });

  it('hides no finding and no number, on as many pages as it takes', async () => {
    const input = reportInput(pair, {
      name: `${'Wolfeschlegelsteinhausen'.repeat(4)}^${'Hubert '.repeat(9)}`,
      facts: { description: 'a very long description '.repeat(30), accessionNumber: 'X'.repeat(90) },
    });
    const finding = (index: number): Finding => ({
      code: 'basal-tilt',
      severity: index % 2 === 0 ? 'warning' : 'information',
      message: message('method.other', {
        name: `Finding number ${index}: ${'the mitral plane is tilted and '.repeat(12)}volumes may be wrong.`,
      }),
      sources: [],
    });
    const { measurements } = input;
    const many: ReportInput = {
      ...input,
      measurements: {
        ...measurements,
        findings: Array.from({ length: 60 }, (_, index) => finding(index)),
        measurements: Array.from({ length: 12 }, () => measurements.measurements).flat(),
        clips: Object.fromEntries(
          Object.entries(measurements.clips).map(([uid, clip]) => [
            uid,
            {
              ...clip,
              measurements: [
                ...clip.measurements,
                ...Array.from({ length: 70 }, (_, index): Measurement => ({
                  ...clip.measurements.find(({ beat }) => beat === null)!,
                  name: `X${index}` as Measurement['name'],
                })),
              ],
            },
          ]),
        ),
      },
    };
    const bytes = await writeReportPdf(many);
    const text = pdfText(bytes);
    const pages = Number(/^Pages:\s+(\d+)$/m.exec(pdfInformation(bytes))?.[1]);
    expect(pages).toBeGreaterThan(2);
    for (let index = 0; index < 60; index += 1) expect(text).toMatch(new RegExp(`Finding number ${index}:`));
    for (let index = 0; index < 70; index += 1) expect(text).toMatch(new RegExp(`\\bX${index}\\b`));
    expect(text.match(/^EF\s/gm)!.length).toBeGreaterThanOrEqual(12);
    expect(text).not.toMatch(/\+ \d+ more/);
    expect(text).toContain(sha256);
    // Each page says whose it is, which it is, and what it is not for.
    expect(text.split(researchUseNotice).length - 1).toBe(2 * pages);
    for (let index = 1; index <= pages; index += 1) expect(text).toContain(`page ${index} of ${pages}`);
    expect(text.split('SYSTOLA-1').length - 1).toBe(pages);
  });

  it('tells the findings of the clips that the numbers rest on first, by their effect on EF', async () => {
    const input = reportInput(pair);
    const { measurements } = input;
    const [used] = measurements.used;
    const finding = (code: Finding['code'], severity: Finding['severity'], about: string): Finding => ({
      code,
      severity,
      message: message('method.other', { name: about }),
      sources: [],
    });
    const told = {
      ...input,
      measurements: {
        ...measurements,
        used: [used!],
        findings: [finding('few-beats', 'information', 'FIFTH')],
        clips: Object.fromEntries(
          Object.entries(measurements.clips).map(([uid, clip]) => [
            uid,
            {
              ...clip,
              findings:
                uid === used
                  ? [
                      finding('calibration-by-user', 'warning', 'FOURTH'),
                      finding('basal-tilt', 'warning', 'THIRD'),
                      finding('no-full-beat', 'refusal', 'FIRST'),
                      finding('low-confidence', 'warning', 'SECOND'),
                    ]
                  : [finding('no-contour', 'refusal', 'Where it is not used it is said in short.')],
            },
          ]),
        ),
      },
    } satisfies ReportInput;
    const bytes = await writeReportPdf(told);
    const text = pdfText(bytes);
    // The first page says in short what the list says in full.
    const list = text.slice(text.indexOf('Findings (5)'));
    const places = [
      'Findings (5)',
      'No whole beat',
      'FIRST',
      'Model unsure of contours',
      'SECOND',
      'THIRD',
      'FOURTH',
      'FIFTH',
      'do not rest on (1)',
      'Contours missing',
    ].map((words) => list.indexOf(words));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    // The used clip shows no whole beat and is unsure: nothing is called normal.
    expect(text).toMatch(/^EF\s.*\d\s+unsure$/m);
    expect(text).not.toMatch(/\b(normal|mild|moderate|severe)\b/);
    // What bears on the numbers is told on the first page, and stands in full behind it.
    const [first, further] = text.split('\f');
    expect(first).toMatch(/4 findings are to be checked/);
    expect(first).toContain('What limits this study: No whole beat (A4C)');
    expect(further).not.toContain('said in short');
  });
});
