import { inEnglish } from '../../../core/language/english.ts';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meanWords } from '../../../core/assessment/mean-words.ts';
import { writeReportPdf, type ReportInput } from '../../../main/report/report.ts';
import type { PhantomClip } from '../../fixtures/phantom/phantom.ts';
import { beatingInput } from './beating-input.ts';
import { phantomPair } from './phantom-document.ts';

let pair: readonly PhantomClip[];
let folder: string;
beforeAll(() => {
  pair = phantomPair();
  folder = mkdtempSync(join(tmpdir(), 'systola-beats-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Text of each page, laid out as it stands; a copy of the file where SYSTOLA_REPORTS names a folder to look at. */
async function pages(input: ReportInput, name: string): Promise<string[]> {
  const path = join(folder, `${name}.pdf`);
  writeFileSync(path, await writeReportPdf(input));
  const keep = process.env['SYSTOLA_REPORTS'];
  if (keep !== undefined) copyFileSync(path, join(keep, `${name}.pdf`));
  const text = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });
  return text.split('\f').filter((page) => page.trim() !== '');
}

const poppler = (() => {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
if (!poppler) console.log('poppler-utils is not installed: tests that read the PDF back are skipped');

const meanOf = (input: ReportInput): string => inEnglish.say(meanWords(input.measurements)!);

describe.runIf(poppler)('beats in the report', () => {
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
