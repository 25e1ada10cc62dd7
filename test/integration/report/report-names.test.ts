import { describe, expect, it } from 'vitest';
import { latinFontFile } from '../../../main/report/fonts.ts';
import { writeReportPdf } from '../../../main/report/report.ts';
import { pdfFonts, pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { reportInput } from './phantom-document.ts';

/** Examples of names from PS3.5 Annexes H to K, and others; every part must be found by a text search. */
const names: readonly (readonly [script: string, group: Record<string, string>, parts: readonly string[]])[] =
  [
    ['Latin-1', { name: 'Buc^Jérôme' }, ['Buc, Jérôme']],
    ['Latin-2', { name: 'Wałęsa^Łucja' }, ['Wałęsa, Łucja']],
    ['Vietnamese', { name: 'Nguyễn^Thị Hồng' }, ['Nguyễn, Thị Hồng']],
    ['Greek', { name: 'Διονυσιος' }, ['Διονυσιος']],
    ['Cyrillic', { name: 'Люкceмбypг' }, ['Люкceмбypг']],
    [
      'Japanese',
      { name: 'Yamada^Tarou', ideographic: '山田^太郎', phonetic: 'やまだ^たろう' },
      ['Yamada, Tarou', '山田 太郎', 'やまだ たろう'],
    ],
    [
      'Korean',
      { name: 'Hong^Gildong', ideographic: '洪^吉洞', phonetic: '홍^길동' },
      ['Hong, Gildong', '洪 吉洞', '홍 길동'],
    ],
    ['Chinese', { name: 'Wang^XiaoDong', ideographic: '王^小东' }, ['Wang, XiaoDong', '王 小东']],
    ['Arabic', { name: 'قباني^لنزار' }, ['قباني', 'لنزار']],
    ['Hebrew', { name: 'שרון^דבורה' }, ['שרון', 'דבורה']],
    ['Thai', { name: 'สมิธ^กิ่งแก้ว' }, ['สมิธ', 'กิ่งแก้ว']],
  ];

describe.runIf(readsPdf)('names in the report', () => {
  it.each(names)('%s', async (_script, group, parts) => {
    const bytes = await writeReportPdf(reportInput([], group));
    // Positioned marks (Thai) and joined words (Arabic) each read back right in one of the two modes.
    const text = (pdfText(bytes, '-raw') + pdfText(bytes, '-layout')).replace(
      /[\u202A-\u202E\u2066-\u2069]/g,
      '',
    );
    for (const part of parts) expect(text).toContain(part);
    const fonts = pdfFonts(bytes);
    expect(fonts.length).toBeGreaterThan(1);
    for (const font of fonts) expect(font).toMatch(/ yes yes yes /);
  });

  it('shows a box for a script that no font covers', async () => {
    const text = pdfText(await writeReportPdf(reportInput([], { name: 'გიორგი^x' })));
    expect(text).toContain('□□□□□□, x');
  });

  it('does not obey direction overrides', async () => {
    const text = pdfText(await writeReportPdf(reportInput([], { name: 'Meier^\u202EannA' })));
    expect(text).toContain('annA');
  });
});

it('fonts are files of the packages', () => {
  expect(latinFontFile('regular')).toMatch(/noto-sans-latin-400-normal\.woff$/);
});
