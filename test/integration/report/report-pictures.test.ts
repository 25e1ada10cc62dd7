import { describe, expect, it } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import type { Mark } from '../../../core/mark/mark.ts';
import { writeReportPdf } from '../../../main/report/report.ts';
import { pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { changed, fileSha256, phantomPair, reportInput } from './phantom-document.ts';

const pair = phantomPair();

describe('pictures of a report', () => {
  it.runIf(readsPdf)('shows distances and notes on their frames, and lists them', async () => {
    const base = reportInput(pair);
    const [uid] = Object.keys(base.document.review.clips);
    const put = (id: string, after: Mark) =>
      ({ slot: 'mark', sopInstanceUid: uid!, id: id.padStart(12, '0'), before: null, after }) as const;
    const input = changed(base, [
      put('a', { kind: 'caliper', frame: 4, from: [100, 100], to: [150, 100] }),
      put('b', { kind: 'note', frame: 4, at: [60, 60], text: 'Thrombus? 山田' }),
      ...Array.from({ length: 10 }, (_, index) =>
        put(`c${index}`, { kind: 'note', frame: index + 6, at: [60, 60], text: `note ${index}` }),
      ),
    ]);
    const bytes = await writeReportPdf(input);
    const text = pdfText(bytes);
    const { spacing } = input.measurements.clips[uid!]!;
    const length = `${(50 * spacing.mmPerPixelX).toFixed(1)} mm`;
    expect(text).toContain('Distances and notes');
    expect(text).toMatch(new RegExp(`frame 5: ${length}`));
    expect(text).toContain('frame 5: “Thrombus? 山田”');
    // On the picture, too.
    expect(text.split(length).length - 1).toBeGreaterThanOrEqual(2);
    for (let index = 0; index < 10; index += 1) expect(text).toContain(`“note ${index}”`);
    expect(text).toContain('2 more frames have marks');
    expect(Buffer.compare(bytes, await writeReportPdf(input))).toBe(0);
    expect(pdfText(await writeReportPdf(base))).not.toContain('Distances and notes');
  });

  it('passes on why a frame could not be decoded', async () => {
    const failing = { ...reportInput(pair), frame: () => Promise.reject(new Error('frame 1 is damaged')) };
    await expect(writeReportPdf(failing)).rejects.toThrow('frame 1 is damaged');
  });

  it.runIf(readsPdf)('says which pictures are missing and why, and keeps the numbers', async () => {
    const whole = reportInput(pair);
    const [first] = whole.document.clips;
    const lost = new SystolaError('file-missing', 'The stored file of this clip is missing.', 'heart.dcm');
    const input = {
      ...whole,
      frame: (uid: string, frame: number) =>
        uid === first?.sopInstanceUid ? Promise.reject(lost) : whole.frame(uid, frame),
      files: new Map([
        ...whole.files,
        [first?.sopInstanceUid ?? '', { fileName: 'heart.dcm', sha256: fileSha256, sound: false }] as const,
      ]),
    };
    const text = pdfText(await writeReportPdf(input));
    expect(text).toContain('The stored file of one clip is missing or not what was imported: heart.dcm.');
    expect(text.split('Picture missing').length - 1).toBe(2);
    expect(text).toContain('no picture');
    expect(text).toMatch(/^EF\s/m);
    expect(text).toContain(fileSha256);
  });
});
