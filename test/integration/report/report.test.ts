import { describe, expect, it } from 'vitest';
import { researchUseNotice } from '../../../core/notice.ts';
import { cavityTraces } from '../../../core/review/traces.ts';
import { reportedClips } from '../../../main/report/report-input.ts';
import { writeReportPdf } from '../../../main/report/report.ts';
import { pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { changed, phantomPair, reportInput, sha256 } from './phantom-document.ts';

const pair = phantomPair();

describe('report', () => {
  it('is the same bytes for the same input, and names no patient outside of the page', async () => {
    const name = 'Vorbild^Erika';
    const first = await writeReportPdf(reportInput(pair, { name }));
    const second = await writeReportPdf(reportInput(pair, { name }));
    expect(Buffer.compare(first, second)).toBe(0);
    const raw = Buffer.from(first).toString('latin1');
    expect(raw.startsWith('%PDF-1.')).toBe(true);
    // The page itself is compressed; whatever can be read in the raw file is structure and metadata.
    for (const secret of ['Vorbild', 'Erika', 'SYSTOLA-1', 'A-42']) expect(raw).not.toContain(secret);
    const utf16 = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('latin1');
    expect(raw).not.toContain(utf16('Vorbild'));
  });

  it.runIf(readsPdf)('prints what the study is, what was measured and how', async () => {
    const input = reportInput(pair);
    const text = pdfText(await writeReportPdf(input));
    // At the head and the foot of both pages.
    expect(text.split(researchUseNotice).length - 1).toBe(4);
    for (const words of [
      'Phantom, Systola',
      'SYSTOLA-1 (issuer Ward 7)',
      '1 Jan 1970',
      'male',
      '2 Jan 2025',
      'A-42',
      'Transthoracic echocardiography',
      'PENDING',
      'gdkvm-test 1.2.3 on cpu, 24 of 24 frames',
      sha256,
      '24 by the model',
      'ultrasound region of the file',
      'Frame Time',
      'Systola 0.1.0, report made 4 Mar 2026, 05:06 UTC',
      'ASE/EACVI 2015',
      'A4C ED, frame',
      'A2C ES, frame',
    ])
      expect(text).toContain(words);
    for (const name of ['EDV', 'ESV', 'EF'] as const) {
      const measurement = input.measurements.measurements.find((each) => each.name === name)!;
      expect(measurement.method).toBe('biplane-disks');
      const value = `${measurement.value.toFixed(0)} ${measurement.unit}`;
      expect(text).toMatch(
        new RegExp(`^${name}\\s+${value}\\s+biplane disks, A4C \\+ A2C\\s+\\d+\\s+\\d+–\\d+\\s+\\w+`, 'm'),
      );
    }
  });

  it.runIf(readsPdf)('says who accepted or rejected it, and when', async () => {
    const decisions = [
      ['accepted', 'ACCEPTED'],
      ['rejected', 'REJECTED'],
    ] as const;
    for (const [state, words] of decisions) {
      const after = { state, at: '2026-02-03T10:20:30Z', by: 'Dr. Ada' } as const;
      const input = changed(reportInput(pair), [{ slot: 'decision', before: { state: 'pending' }, after }]);
      const text = pdfText(await writeReportPdf(input));
      expect(text).toContain(words);
      expect(text).toContain('by Dr. Ada, 3 Feb 2026, 10:20 UTC');
      expect(text).not.toContain('PENDING');
    }
  });

  it.runIf(readsPdf)('gives areas in cm², whole volumes and no pixels', async () => {
    const text = pdfText(await writeReportPdf(reportInput(pair)));
    expect(text).toMatch(/LV area ED \(cm²\)\s+\d+\.\d\b/);
    expect(text).toMatch(/EDV disks \(mL\)\s+\d+\s+\d+$/m);
    const uncalibrated = pdfText(
      await writeReportPdf(reportInput(pair, { changeClip: (clip) => ({ ...clip, regions: [] }) })),
    );
    expect(uncalibrated).not.toMatch(/px/);
    expect(uncalibrated).toContain('area (% of the largest)');
  });

  it.runIf(readsPdf)('is written for a study without any contour', async () => {
    const input = reportInput(pair);
    const empty = changed(
      input,
      Object.entries(input.document.review.clips).flatMap(([sopInstanceUid, clip]) =>
        Object.entries(cavityTraces(clip)).map(([frame, before]) => ({
          slot: 'trace' as const,
          structure: 'lv-cavity',
          sopInstanceUid,
          frame: Number(frame),
          before,
          after: null,
        })),
      ),
    );
    const text = pdfText(await writeReportPdf(empty));
    expect(text).toContain('No frame of this study has a contour');
    expect(text).toContain(researchUseNotice);
    expect(text).not.toMatch(/^EF\s/m);
  });

  it('tells how the numbers were made of the clip that they rest on', () => {
    const [a4c] = pair;
    const input = reportInput([a4c!, a4c!, a4c!], {
      // The newest of equals is measured.
      changeClip: (clip) => ({ ...clip, acquiredAt: `2025-01-02T10:15:0${clip.instanceNumber}` }),
    });
    const { used } = input.measurements;
    expect(used).toEqual([input.document.clips[2]!.sopInstanceUid]);
    expect(reportedClips(input)[0]?.facts.sopInstanceUid).toBe(used[0]);
  });
});
