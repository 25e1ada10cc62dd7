import { message } from '../../../core/language/message.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import type { Mark } from '../../../core/mark/mark.ts';
import { governingPicture } from '../../../core/clip/pictures.ts';
import type { Finding } from '../../../core/finding/finding.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import type { ReportInput } from '../../../main/report/report.ts';
import { reportedClips } from '../../../main/report/report-input.ts';
import { writeReportPdf } from '../../../main/report/report.ts';
import { latinFontFile } from '../../../main/report/fonts.ts';
import type { PhantomClip } from '../../fixtures/phantom/phantom.ts';
import { changed, fileSha256, phantomPair, reportInput, sha256 } from './phantom-document.ts';
import { cavityTraces } from '../../../core/review/traces.ts';

const poppler = hasPoppler();
if (!poppler) console.log('poppler-utils is not installed: tests that read the PDF back are skipped');

let pair: readonly PhantomClip[];
let folder: string;
beforeAll(() => {
  pair = phantomPair();
  folder = mkdtempSync(join(tmpdir(), 'systola-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

  it.runIf(poppler)('prints what the study is, what was measured and how', async () => {
    const input = reportInput(pair);
    const text = await textOf(await writeReportPdf(input));
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

  it.runIf(poppler)('says who accepted or rejected it, and when', async () => {
    const decisions = [
      ['accepted', 'ACCEPTED'],
      ['rejected', 'REJECTED'],
    ] as const;
    for (const [state, words] of decisions) {
      const after = { state, at: '2026-02-03T10:20:30Z', by: 'Dr. Ada' } as const;
      const input = changed(reportInput(pair), [{ slot: 'decision', before: { state: 'pending' }, after }]);
      const text = await textOf(await writeReportPdf(input));
      expect(text).toContain(words);
      expect(text).toContain('by Dr. Ada, 3 Feb 2026, 10:20 UTC');
      expect(text).not.toContain('PENDING');
    }
  });

  it.runIf(poppler)('shows distances and notes on their frames, and lists them', async () => {
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
    const text = await textOf(bytes);
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
    expect(await textOf(await writeReportPdf(base))).not.toContain('Distances and notes');
  });

  it.runIf(poppler)('marks guessed times, missing calibration and edited contours', async () => {
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
    const text = await textOf(await writeReportPdf(input));
    expect(text).toContain('no timing in the file, 30 frames/s assumed (GUESSED');
    expect(text).toContain('none, volumes are not given');
    expect(text).toContain('23 by the model, 1 edited');
    expect(text).toContain('single-plane disks');
    expect(text).not.toMatch(/\d mL/);
  });

  it.runIf(poppler)('marks a view that was recognised and that nobody has confirmed', async () => {
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
    const text = await textOf(await writeReportPdf(input));
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
    const confirmed = await textOf(await writeReportPdf(changed(input, confirm)));
    expect(confirmed).not.toMatch(/recognised|%\?/);
  });

  it.runIf(poppler)('hides no finding and no number, on as many pages as it takes', async () => {
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
    const text = await textOf(bytes);
    const pages = Number(/^Pages:\s+(\d+)$/m.exec(infoOf(bytes))?.[1]);
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

  it.runIf(poppler)(
    'tells the findings of the clips that the numbers rest on first, by their effect on EF',
    async () => {
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
      const text = await textOf(bytes);
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
    },
  );

  it.runIf(poppler)('gives areas in cm², whole volumes and no pixels', async () => {
    const text = await textOf(await writeReportPdf(reportInput(pair)));
    expect(text).toMatch(/LV area ED \(cm²\)\s+\d+\.\d\b/);
    expect(text).toMatch(/EDV disks \(mL\)\s+\d+\s+\d+$/m);
    const uncalibrated = await textOf(
      await writeReportPdf(reportInput(pair, { changeClip: (clip) => ({ ...clip, regions: [] }) })),
    );
    expect(uncalibrated).not.toMatch(/px/);
    expect(uncalibrated).toContain('area (% of the largest)');
  });

  it.runIf(poppler)('is written for a study without any contour', async () => {
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
    const text = await textOf(await writeReportPdf(empty));
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

  it('passes on why a frame could not be decoded', async () => {
    const failing = { ...reportInput(pair), frame: () => Promise.reject(new Error('frame 1 is damaged')) };
    await expect(writeReportPdf(failing)).rejects.toThrow('frame 1 is damaged');
  });

  it.runIf(poppler)('says which pictures are missing and why, and keeps the numbers', async () => {
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
    const text = await textOf(await writeReportPdf(input));
    expect(text).toContain('The stored file of one clip is missing or not what was imported: heart.dcm.');
    expect(text.split('Picture missing').length - 1).toBe(2);
    expect(text).toContain('no picture');
    expect(text).toMatch(/^EF\s/m);
    expect(text).toContain(fileSha256);
  });
});

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

describe.runIf(poppler)('names in the report', () => {
  it.each(names)('%s', async (_script, group, parts) => {
    const bytes = await writeReportPdf(reportInput([], group));
    // Positioned marks (Thai) and joined words (Arabic) each read back right in one of the two modes.
    const text = ((await textOf(bytes, '-raw')) + (await textOf(bytes, '-layout'))).replace(
      /[\u202A-\u202E\u2066-\u2069]/g,
      '',
    );
    for (const part of parts) expect(text).toContain(part);
    const fonts = run('pdffonts', bytes).trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThan(1);
    for (const font of fonts) expect(font).toMatch(/ yes yes yes /);
  });

  it('shows a box for a script that no font covers', async () => {
    const text = await textOf(await writeReportPdf(reportInput([], { name: 'გიორგი^x' })));
    expect(text).toContain('□□□□□□, x');
  });

  it('does not obey direction overrides', async () => {
    const text = await textOf(await writeReportPdf(reportInput([], { name: 'Meier^\u202EannA' })));
    expect(text).toContain('annA');
  });
});

it('fonts are files of the packages', () => {
  expect(latinFontFile('regular')).toMatch(/noto-sans-latin-400-normal\.woff$/);
});

function hasPoppler(): boolean {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function run(command: string, bytes: Uint8Array, ...options: string[]): string {
  const path = join(folder, 'report.pdf');
  writeFileSync(path, bytes);
  const output = command === 'pdftotext' ? ['-'] : [];
  return execFileSync(command, [...options, path, ...output], { encoding: 'utf8' });
}

function textOf(bytes: Uint8Array, mode = '-layout'): Promise<string> {
  return Promise.resolve(run('pdftotext', bytes, mode, '-enc', 'UTF-8'));
}

function infoOf(bytes: Uint8Array): string {
  return run('pdfinfo', bytes);
}
