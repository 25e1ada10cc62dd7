import { inEnglish } from '../../../core/language/english.ts';
import { describe, expect, it } from 'vitest';
import { meanWords } from '../../../core/assessment/mean-words.ts';
import { writeReportPdf, type ReportInput } from '../../../main/report/report.ts';
import { leaveToLookAt, pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { beatingInput } from './beating-input.ts';
import { phantomPair } from './phantom-document.ts';

const pair = phantomPair();

/** Text of each page, laid out as it stands; a copy of the file where SYSTOLA_REPORTS names a folder to look at. */
async function pages(input: ReportInput, name: string): Promise<string[]> {
  const pdf = await writeReportPdf(input);
  leaveToLookAt(pdf, name);
  return pdfText(pdf)
    .split('\f')
    .filter((page) => page.trim() !== '');
}

const meanOf = (input: ReportInput): string => inEnglish.say(meanWords(input.measurements)!);

describe.runIf(readsPdf)('beats in the report', () => {
  it('stand one by one, with who excluded which, and the headline says what it is a mean of', async () => {
    const input = beatingInput(pair, 4, [2]);
    const text = (await pages(input, 'four-beats')).join('\n');
    const words = meanOf(input);
    expect(words).toMatch(/^mean of 3 pairs of beats \(A4C\+A2C 1\+1, 2\+2, 4\+4\), .*2 excluded$/);
    expect(text).toContain(words);
    expect(text).toMatch(/A4C beat\s+R–R ms\s+EDV mL\s+ESV mL\s+EF %\s+A2C beat/);
    const [a4c, a2c] = Object.values(input.measurements.clips).map(({ beatTable }) => beatTable[2]);
    const numbers = (row: typeof a4c) =>
      [row?.cycleMs, row?.edvMl, row?.esvMl, row?.efPercent].map((value) => value?.toFixed(0)).join('\\s+');
    const row = `3\\s+${numbers(a4c)}\\s+excluded by Dr Ada\\s+3\\s+${numbers(a2c)}\\s+excluded by Dr Ada`;
    expect(text).toMatch(new RegExp(row));
    expect(text.match(/excluded by Dr Ada/g)).toHaveLength(2);
  });

  it('are all there where they are many, over as many pages as it takes', async () => {
    const input = beatingInput(pair, 90, [3, 50], 'Professor Hildegard von Musterfeld');
    const all = await pages(input, 'many-beats');
    expect(all.length).toBeGreaterThan(2);
    const rows = all.flatMap((page) =>
      page.split('\n').filter((line) => /^\s*\d+\s+\d{3,4}\s+\d+\s+\d+\s+\d+/.test(line)),
    );
    expect(rows.map((line) => Number(line.trim().split(/\s+/)[0]))).toEqual(
      Array.from({ length: 90 }, (_, index) => index + 1),
    );
    // Heads, patient and notice stand on each page.
    for (const page of all.slice(1)) expect(page).toContain('Research use only');
    expect(all.filter((page) => page.includes('A4C beat')).length).toBeGreaterThan(1);
    expect(all.join('\n').match(/Musterfeld/g)).toHaveLength(4);
    expect(all[0]).toContain(meanOf(input).slice(0, 60));
    expect(meanOf(input)).toMatch(/9\+9 and 80 more\).*, 4 excluded$/);
  });

  it('have no table where there is one only', async () => {
    const text = (await pages(beatingInput(pair, 1, []), 'one-beat')).join('\n');
    expect(text).not.toContain('A4C beat');
    expect(text).toContain('one pair of beats');
  });
});
