import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { signedResult } from '../../../core/assessment/signed-result.ts';
import type { PriorRow } from '../../../core/prior/prior-rows.ts';
import type { HistoryEntry } from '../../../core/review/history-entry.ts';
import { SystolaError } from '../../../core/error.ts';
import german from '../../../core/language/de.json' with { type: 'json' };
import { inEnglish } from '../../../core/language/english.ts';
import { Language } from '../../../core/language/language.ts';
import { referenceEdition } from '../../../core/reference-limits/limits.ts';
import { writeReportPdf, type ReportInput } from '../../../main/report/report.ts';
import { inRespelled } from '../../fixtures/language/respelled.ts';
import { leaveToLookAt, pdfInformation, pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { beatingInput } from './beating-input.ts';
import { fileSha256, phantomPair, reportInput, sha256 } from './phantom-document.ts';

const heldAgainst = { studyInstanceUid: '1.2.840.9', by: 'rule', time: 'earlier' } as const;

/** Without English to fall back on: what it lacks stands as an id. */
const inGerman = new Language(german);

const pair = phantomPair();

/** Beats that somebody excluded, numbers that are others than those signed, and a file that is gone. */
function signedWithLosses(): ReportInput {
  const beating = beatingInput(pair, 4, [2]);
  const { document } = beating;
  const context = { version: 2, replaces: 10, head: 12, software: '0.1.0' };
  const decision = {
    ...({ state: 'accepted', at: '2025-01-03T08:00:00.000Z', by: 'Dr Ada' } as const),
    signed: signedResult(context, document.review, beating.measurements, beating.settings),
  };
  const settings = { ...beating.settings, bsaFormula: 'mosteller' } as const;
  const [first] = document.clips;
  const { body } = document.review;
  const heightCm = { value: 181.5, source: 'user' } as const;
  const review = { ...document.review, decision, body: { ...body, heightCm } };
  const signature = {
    ...({ version: 1, state: 'accepted', at: '2025-01-02T08:00:00.000Z', by: '' } as const),
    ...{ reason: null, replaces: null, hasNumbers: true },
  };
  const entry: HistoryEntry = {
    ...({ id: 10, at: signature.at, author: '', kind: 'edit', label: 'accepted', target: null } as const),
    ...({ slots: ['decision'], clips: [], signature } as const),
  };
  const lost = new SystolaError('file-missing', '¶', 'a4c.dcm');
  return {
    ...beating,
    settings,
    document: { ...document, review, history: [entry, ...document.history] },
    measurements: measureStudy(document.facts, document.clips, review, settings),
    frame: (uid, frame) => (uid === first?.sopInstanceUid ? Promise.reject(lost) : beating.frame(uid, frame)),
    files: new Map(
      document.clips.map(({ sopInstanceUid, fileName }, index) => [
        sopInstanceUid,
        { fileName, sha256: fileSha256, sound: index > 0 },
      ]),
    ),
  };
}

/** What a house, a person who writes and an earlier study add, on other paper. */
function withEverything(): ReportInput {
  const input = beatingInput(pair, 6, [1]);
  const request = {
    referrer: { alphabetic: 'WREN^ADA', ideographic: '', phonetic: '' },
    indication: '123 '.repeat(60),
  };
  const row = (name: 'EF' | 'EDV', prior: number, change: number): PriorRow => ({
    ...{ name, method: 'biplane-disks', view: 'biplane', unit: name === 'EF' ? '%' : 'mL', today: 55 },
    ...{ prior, change, beyondSpread: Math.abs(change) > 10, notCompared: null },
  });
  const texts = { conclusion: { text: `${'9876 '.repeat(150)}\n${'5'.repeat(300)}`, numbers: [] } };
  const { document } = input;
  return {
    ...input,
    document: {
      ...document,
      facts: { ...document.facts, request },
      review: { ...document.review, texts },
    },
    settings: { ...input.settings, reportPageSize: 'letter', organisation: 'HOUSE', siteAddress: '1\n2\n3' },
    template: { ...input.template, opening: ['OPENING'], closing: ['CLOSING', 'OF THE HOUSE'] },
    prior: {
      ...heldAgainst,
      date: '2024-01-02',
      standing: 'not-signed',
      rows: [row('EF', 68, -13), row('EDV', 101, 19)],
    },
  };
}

const studies = {
  whole: reportInput(pair),
  beats: beatingInput(pair, 40, [1, 3]),
  'signed, with losses': signedWithLosses(),
  uncalibrated: reportInput(pair, {
    name: '',
    facts: { heightCm: null, weightKg: null, studyDate: null, description: null },
    changeClip: (clip) => ({
      ...clip,
      regions: [],
      view: { code: 'unknown', source: 'none' },
      timing: { ...clip.timing, source: 'assumed', guessed: true },
      stage: { name: 'PEAK', number: 2 },
    }),
  }),
  'without a clip': reportInput([]),
  'with everything': withEverything(),
} satisfies Record<string, ReportInput>;
const named = Object.entries(studies) as [keyof typeof studies, ReportInput][];

const languages = { respelled: inRespelled, german: inGerman, english: inEnglish };

const written = new Map<string, Promise<Uint8Array>>();

/** A report as a file, which is written once for all tests. */
function reportIn(language: keyof typeof languages, name: keyof typeof studies): Promise<Uint8Array> {
  const key = `${name} ${language}`;
  const pdf = written.get(key) ?? writeReportPdf({ ...studies[name], words: languages[language] });
  written.set(key, pdf);
  return pdf;
}

/** What stands in a report as it is in files, in the library or in the literature. */
function dataOf({ document, softwareVersion, settings, template }: ReportInput): Set<string> {
  const { facts, clips } = document;
  const texts = [
    ...Object.values(facts.patient.name),
    ...[facts.patient.patientId, facts.patient.issuerOfPatientId, facts.accessionNumber, facts.description],
    ...clips.flatMap(({ fileName, stage }) => [fileName, stage?.name]),
    ...[facts.request?.referrer?.alphabetic, settings.organisation, settings.siteAddress],
    ...[...(template.opening ?? []), ...(template.closing ?? [])],
    ...[sha256, fileSha256, softwareVersion, 'gdkvm-test', 'cpu', 'Dr Ada', 'accepted'],
    ...[referenceEdition.name, referenceEdition.citation],
    // Keywords of DICOM.
    ...['Frame Time', 'Pixel Spacing'],
    // Two clips of one view.
    ...['a', 'b'],
  ];
  return new Set(texts.flatMap((text) => wordsOf(text ?? '')));
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

describe.runIf(readsPdf)('a report in another language', () => {
  it.each(named)('says nothing but data that is not in its catalogue: %s', async (name, input) => {
    const pdf = await reportIn('respelled', name);
    const text = pdfText(pdf, '-raw');
    const data = dataOf(input);
    const foreign = wordsOf(text).filter(
      // Long data is shortened or broken; what is left of it is the beginning of a word.
      (word) => /[a-z]/i.test(word) && ![...data].some((known) => known.includes(word)),
    );
    expect(foreign).toEqual([]);
    expect(text.match(/⟦Ŕéšéåŕçĥ/g)!.length).toBeGreaterThanOrEqual(2);
    expect(pdfInformation(pdf)).toMatch(/^Title: +⟦Ļéƒţ/m);
  });

  it('writes numbers and days by the language, and names it for who reads aloud', async () => {
    const pdf = await reportIn('respelled', 'whole');
    expect(Buffer.from(pdf).toString('latin1')).toContain('/Lang (de-DE)');
    const text = pdfText(pdf);
    expect(text).toContain('02.01.2025');
    expect(text).toContain('04.03.2026, 05:06');
    expect(text).toMatch(/⟦1,92 ⟦ɱ²/);
    // Versions, addresses of studies and days have points.
    const points = text.match(/(?<![\d.])\d+\.\d+(?![\d.])/g) ?? [];
    expect(points).toEqual([]);
  });

  it('speaks German, with its days and numbers', async () => {
    const pdf = await reportIn('german', 'whole');
    const text = pdfText(pdf);
    for (const words of [
      'Linksventrikuläre Volumina und Ejektionsfraktion',
      'Nur für Forschungszwecke. Nicht zur Diagnose.',
      'VORLÄUFIG',
      'männlich',
      '02.01.2025',
      '1,92 m²',
    ])
      expect(text).toContain(words);
    expect(text).toMatch(/Ejektionsfraktion 5\d % \(biplan nach Simpson/);
    expect(text.match(/(?<![\d.])\d+\.\d+(?![\d.])/g) ?? []).toEqual([]);
    expect(text).not.toMatch(/\b(report|beats?|frames?|findings?|page)\b/);
    expect(pdfInformation(pdf)).toMatch(/^Title: +Linksventrikuläre Volumina/m);
  });

  it.each(named)('has room for long words: %s', async (name, { settings }) => {
    const rightEdge = settings.reportPageSize === 'letter' ? 592 : 575;
    for (const language of ['respelled', 'german', 'english'] as const) {
      const pdf = await reportIn(language, name);
      leaveToLookAt(pdf, `${name} ${language}`);
      const boxes = boxesOf(pdf);
      expect(boxes.length).toBeGreaterThan(40);
      expect(boxes.filter(({ left, right }) => left <= 20 || right >= rightEdge)).toEqual([]);
      expect(overlapping(boxes)).toEqual([]);
    }
  });
});

interface WordBox {
  readonly page: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly text: string;
}

/** Words of a file, each with the middle of its height, so that lines do not touch those above them. */
function boxesOf(pdf: Uint8Array): WordBox[] {
  return pdfText(pdf, '-bbox')
    .split('<page ')
    .flatMap((part, page) =>
      [...part.matchAll(/xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<\/word>/g)].map(
        (found) => {
          const [left, top, right, bottom] = found.slice(1, 5).map(Number) as [
            number,
            number,
            number,
            number,
          ];
          const middle = (top + bottom) / 2;
          const quarter = (bottom - top) / 4;
          return { page, left, right, top: middle - quarter, bottom: middle + quarter, text: found[5]! };
        },
      ),
    );
}

/** Pairs of words of which one stands on the other by more than half a point. */
function overlapping(boxes: readonly WordBox[]): string[] {
  return boxes.flatMap((a, index) =>
    boxes.slice(index + 1).flatMap((b) => {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return a.page === b.page && width > 0.5 && height > 0.5 ? [`${a.text} | ${b.text}`] : [];
    }),
  );
}
