import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { PriorRow } from '../../../core/prior/prior-rows.ts';
import type { ReportField } from '../../../core/review/report-field.ts';
import { message } from '../../../core/language/message.ts';
import { writeReportPdf, type ReportInput } from '../../../main/report/report.ts';
import { readLogo } from '../../../main/report/logo/read-logo.ts';
import { pdfInformation, pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { beatingInput } from './beating-input.ts';
import { changed, phantomPair, reportInput } from './phantom-document.ts';

const heldAgainst = { studyInstanceUid: '1.2.840.9', by: 'rule', time: 'earlier' } as const;

const pair = phantomPair();

/** Pages as they are read, without what only lays them out. */
async function pagesOf(input: ReportInput): Promise<string[]> {
  return pdfText(await writeReportPdf(input)).split('\f');
}
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
const written = (input: ReportInput, field: ReportField, text: string): ReportInput =>
  changed(input, [{ slot: 'text', field, before: null, after: { text } }]);
const row = (prior: number, today: number, changes: Partial<PriorRow> = {}): PriorRow => ({
  ...{ name: 'EF', method: 'biplane-disks', view: 'biplane', unit: '%', today, prior },
  ...{ change: today - prior, beyondSpread: Math.abs(today - prior) > 10, notCompared: null },
  ...changes,
});

describe.runIf(readsPdf)('what whoever asked for the study reads', () => {
  it('stands on the first page, and what made the numbers behind it', async () => {
    const facts = {
      request: {
        referrer: { alphabetic: 'Wren^Ada^^Dr', ideographic: '', phonetic: '' },
        indication: 'Dyspnoea on effort',
      },
    };
    const base = reportInput(pair, { facts });
    const [first = '', second = ''] = await pagesOf(
      written({ ...base, settings: { ...base.settings, reader: 'Dr. Reader' } }, 'rhythm', 'Sinus rhythm'),
    );
    for (const words of [
      ...['Dyspnoea on effort', 'Wren, Dr Ada', 'Sinus rhythm', '55 years', 'Adequate'],
      ...['Ejection fraction 55 % (biplane disks): normal.', 'Grades by ASE/EACVI 2015, limits of men.'],
      ...['EDV 132 mL · LV area ED 37.3 cm²', 'ESV 49 mL · LV area ES 21.1 cm²'],
      ...['Dr. Reader', 'Reader, signature', 'Not signed in Systola.'],
    ])
      expect(flat(first)).toContain(words);
    expect(first).not.toMatch(/SHA-256|gdkvm-test/);
    for (const words of ['Findings (', 'gdkvm-test 1.2.3', 'Model SHA-256', 'revision 12'])
      expect(second).toContain(words);
  });

  it('holds a written conclusion in full, in every script, and says whose words it is', async () => {
    const lines = [
      'First line.',
      'word '.repeat(300).trim(),
      'x'.repeat(500),
      'תפקוד תקין של החדר השמאלי',
      '左室の収縮は正常',
      'Последняя строка.',
    ];
    const input = written(reportInput(pair), 'conclusion', lines.join('\n'));
    const text = flat((await pagesOf(input)).join(' ')).replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '');
    expect(text).toContain('written by the reader');
    expect(text.split('word').length - 1).toBe(300);
    expect(text.match(/x/g)!.length).toBeGreaterThanOrEqual(500);
    for (const words of ['First line.', 'תקין', '左室の収縮は正常', 'Последняя строка.'])
      expect(text).toContain(words);
    expect(text).not.toContain('Ejection fraction 55 %');
  });

  it('says what limits the numbers whatever a person wrote', async () => {
    const base = reportInput(pair, { changeClip: (clip) => ({ ...clip, regions: [] }) });
    const [first = ''] = await pagesOf(written(base, 'conclusion', 'All is well.'));
    expect(flat(first)).toContain('What limits this study: Not calibrated: no volumes');
    expect(flat(first)).toContain('All is well.');
  });

  it('marks a conclusion whose numbers are others now', async () => {
    const base = reportInput(pair);
    const numbers = [
      { name: 'EF', method: 'biplane-disks', view: 'biplane', value: 40, unit: '%', beat: null },
    ] as const;
    const input = changed(base, [
      { slot: 'text', field: 'conclusion', before: null, after: { text: 'Reduced.', numbers } },
    ]);
    const [first = ''] = await pagesOf(input);
    expect(flat(first)).toContain('Numbers have changed since this was written: ');
    expect(flat(first)).toContain('EF 40 % (now 55 %)');
  });

  it('puts an earlier study beside the numbers, with the difference, and only what was made alike', async () => {
    const base = reportInput(pair);
    const notCompared = message('prior.not-compared.stage');
    const prior = (rows: readonly PriorRow[]): ReportInput => ({
      ...base,
      prior: { ...heldAgainst, date: '2024-01-02', standing: 'signed', rows },
    });
    const [alike = ''] = await pagesOf(prior([row(68, 55)]));
    expect(alike).toMatch(/^EF\s+55 %\s+biplane disks, A4C \+ A2C\s+55\s+68\s+-13\s+52–72\s+normal/m);
    expect(flat(alike)).toContain('Prior: study of 2 Jan 2024.');
    expect(flat(alike)).toContain('EF is lower than before: 68 % on 2 Jan 2024, 13 points of difference');
    const chosen = { ...prior([row(68, 55)]).prior!, by: 'reader', time: 'same-day' } as const;
    const [sameDay = ''] = await pagesOf({ ...base, prior: chosen });
    expect(flat(sameDay)).toContain('Same day: study of 2 Jan 2024.');
    expect(sameDay).toMatch(/^EF\s+55 %\s+biplane disks, A4C \+ A2C\s+55\s+68\s+-13/m);
    expect(flat(sameDay)).not.toMatch(/Prior|than before/);
    const [other = ''] = await pagesOf(
      prior([row(68, 55, { change: null, beyondSpread: null, notCompared })]),
    );
    expect(other).toMatch(/^EF\s+55 %\s+biplane disks, A4C \+ A2C\s+55\s+68\s+–\s+52–72/m);
  });

  it('grades nothing of a child', async () => {
    const text = (await pagesOf(reportInput(pair, { facts: { studyDate: '1980-01-02' } }))).join('');
    expect(text).toContain('10 years');
    expect(flat(text)).toContain('Not graded: reference limits are those of adults.');
    expect(text).not.toMatch(/\b(normal|mild|moderate|severe)\b|52–72/);
  });

  it('gives the range of the beats that a number is a mean of', async () => {
    const input = beatingInput(pair, 3, []);
    const spread = input.measurements.spread.map((one) =>
      one.name === 'EF' ? { ...one, least: 51.6, greatest: 57.4 } : one,
    );
    const [first = ''] = await pagesOf({ ...input, measurements: { ...input.measurements, spread } });
    expect(first).toMatch(/^EF\s+55 %\s+biplane disks, A4C \+ A2C\s+52–57\s+52–72/m);
  });
});

describe.runIf(readsPdf)('the arrangement of a report', () => {
  it('is on A4 or on Letter', async () => {
    const base = reportInput(pair);
    const size = async (input: ReportInput): Promise<string | undefined> =>
      /Page size:\s+(.*)/.exec(pdfInformation(await writeReportPdf(input)))?.[1];
    expect(await size(base)).toContain('A4');
    const settings = { ...base.settings, reportPageSize: 'letter' } as const;
    expect(await size({ ...base, settings })).toContain('letter');
  });

  it('is that of a template, and leaves out nothing that has to be said', async () => {
    const base = reportInput(pair);
    const input: ReportInput = {
      ...base,
      template: {
        ...{ format: 'systola-report-template/1', name: 'Ward', title: 'Echo of the ward' },
        ...{ site: ['House of hearts', 'Riverside 1'], opening: ['By appointment'], closing: ['Call us'] },
        ...{ first: ['numbers', 'conclusion'], further: ['provenance', 'findings'] },
      },
    };
    const [first = '', second = ''] = await pagesOf(input);
    for (const words of ['House of hearts', 'Riverside 1', 'Echo of the ward', 'By appointment', 'Call us'])
      expect(first).toContain(words);
    expect(first.indexOf('Reference limits')).toBeLessThan(first.indexOf('Ejection fraction 55 %'));
    expect(first).not.toContain('A4C ED, frame');
    expect(second).not.toContain('Single plane');
    expect(second.indexOf('Model SHA-256')).toBeLessThan(second.indexOf('Findings ('));
    for (const page of [first, second]) {
      expect(page.split('Research use only. Not for diagnostic use.').length - 1).toBe(2);
      expect(page).toContain('SYSTOLA-1');
    }
  });

  it('draws the logo of the house', async () => {
    const base = reportInput(pair);
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1" fill="#12ab34"/></svg>';
    const logo = await readLogo(Buffer.from(svg), 'logo.svg');
    const pixels = async (input: ReportInput): Promise<number> => {
      const options = ['-r', '40', '-f', '1', '-l', '1', '-singlefile', '-'];
      const picture = execFileSync('pdftoppm', options, { input: await writeReportPdf(input) });
      const data = picture.subarray(picture.length - 331 * 468 * 3);
      let count = 0;
      for (let at = 0; at < data.length; at += 3) {
        if (data[at] === 0x12 && data[at + 1] === 0xab && data[at + 2] === 0x34) count += 1;
      }
      return count;
    };
    expect(await pixels(base)).toBe(0);
    expect(await pixels({ ...base, logo })).toBeGreaterThan(300);
  });
});
