import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutFileName, marked, maxListEntries, maxNumbers, maxRWaves } from '../../../main/dicom/ceilings.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { buildDicom, type DataElement } from '../../fixtures/dicom/build.ts';

/** The largest text and the largest list in a value, however deep they lie. */
function largest(value: unknown): { text: number; numbers: number; list: number } {
  if (typeof value === 'string') return { text: value.length, numbers: 0, list: 0 };
  if (typeof value !== 'object' || value === null) return { text: 0, numbers: 0, list: 0 };
  const inner = Object.values(value).map(largest);
  const numeric = Array.isArray(value) && value.every((entry) => typeof entry === 'number');
  return {
    text: Math.max(0, ...inner.map(({ text }) => text)),
    numbers: Math.max(numeric ? value.length : 0, ...inner.map(({ numbers }) => numbers)),
    list: Math.max(Array.isArray(value) && !numeric ? value.length : 0, ...inner.map(({ list }) => list)),
  };
}

const textTags: readonly (readonly [tag: string, vr: string])[] = [
  ['00080005', 'CS'],
  ['00080008', 'CS'],
  ['00080020', 'DA'],
  ['00080023', 'DA'],
  ['0008002a', 'DT'],
  ['00080033', 'TM'],
  ['00080050', 'SH'],
  ['00080060', 'CS'],
  ['00080070', 'LO'],
  ['0008103e', 'LO'],
  ['00081030', 'LO'],
  ['00081090', 'LO'],
  ['00082120', 'SH'],
  ['00082127', 'SH'],
  ['00100010', 'PN'],
  ['00100020', 'LO'],
  ['00100021', 'LO'],
  ['00100030', 'DA'],
  ['00100040', 'CS'],
  ['00200010', 'SH'],
  ['00204000', 'LT'],
  ['00282110', 'CS'],
];
const numberTags: readonly (readonly [tag: string, vr: string])[] = [
  ['00082122', 'IS'],
  ['00082144', 'IS'],
  ['00101020', 'DS'],
  ['00101030', 'DS'],
  ['00180040', 'IS'],
  ['00180072', 'DS'],
  ['00181063', 'DS'],
  ['00181065', 'DS'],
  ['00181088', 'IS'],
  ['00181242', 'IS'],
  ['00186060', 'FL'],
  ['00200013', 'IS'],
  ['00280009', 'US'],
  ['00280030', 'DS'],
  ['00280034', 'IS'],
  ['00281050', 'DS'],
];

const length = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 900, max: 40_000 }));
const longText = fc
  .tuple(fc.constantFrom('D', 'é', ' ', '^', '=', '\\', '\0', '\x1b$B', 'ab cd '), length)
  .map(([unit, count]) => Buffer.from(unit.repeat(count), 'utf8'));
const texts = fc
  .tuple(fc.constantFrom(...textTags), longText)
  .map(([[tag, vr], value]): DataElement => ({ tag, vr, value }));
const numbers = fc
  .tuple(fc.constantFrom(...numberTags), length, fc.integer({ min: 0, max: 400 }))
  .map(([[tag, vr], count, value]): DataElement => ({
    tag,
    vr,
    value: new Array<number>(count).fill(value),
  }));
const regions = fc.integer({ min: 0, max: 600 }).map((count): DataElement => ({
  tag: '00186011',
  vr: 'SQ',
  value: Array.from({ length: count }, () => [{ tag: '00186012', vr: 'US', value: [1] }]),
}));

/** One element for a tag, the last one named. */
const distinct = (elements: readonly DataElement[]): DataElement[] => [
  ...new Map(elements.map((element) => [element.tag, element])).values(),
];

describe('facts', () => {
  it('hold no text and no list beyond the ceilings, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(texts, numbers, regions), { minLength: 1, maxLength: 12 }),
        fc.string({ minLength: 1, maxLength: 3000 }),
        (elements, fileName) => {
          // Implicit VR has room for values of any length.
          const file = buildDicom({ syntax: 'implicit', elements: distinct(elements) });
          const { clip, study } = readInstance(file, fileName);
          const found = largest([clip, study]);
          expect(found.text).toBeLessThanOrEqual(1024);
          expect(found.numbers).toBeLessThanOrEqual(maxNumbers);
          expect(found.list).toBeLessThanOrEqual(maxListEntries);
          expect(clip.rWaveTimesMs.length).toBeLessThanOrEqual(maxRWaves);
          expect(clip.fileName.length).toBeLessThanOrEqual(256);
          for (const text of [study.description, study.patient.patientId, clip.manufacturer]) {
            expect(text?.length ?? 0).toBeLessThanOrEqual(256);
          }
          for (const group of Object.values(study.patient.name))
            expect(group.length).toBeLessThanOrEqual(256);
          expect(JSON.stringify([clip, study]).length).toBeLessThan(128 * 1024);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  }, 60_000);

  it('keep every value that the standard allows as it is', () => {
    const description = 'D'.repeat(64);
    const patientId = 'I'.repeat(64);
    const name = `${'A'.repeat(64)}=${'B'.repeat(64)}=${'C'.repeat(64)}`;
    const { clip, study } = readInstance(
      buildDicom({
        patientId,
        patientName: name,
        elements: [
          { tag: '00081030', vr: 'LO', value: description },
          { tag: '00186060', vr: 'FL', value: Array.from({ length: maxRWaves }, (_, wave) => wave) },
        ],
      }),
      'clip.dcm',
    );
    expect(study.description).toBe(description);
    expect(study.patient.patientId).toBe(patientId);
    expect(study.patient.name).toEqual({
      alphabetic: 'A'.repeat(64),
      ideographic: 'B'.repeat(64),
      phonetic: 'C'.repeat(64),
    });
    expect(clip.rWaveTimesMs).toHaveLength(maxRWaves);
  });

  it('mark a text that goes on, and keep patients apart whose ids differ only in what was cut', () => {
    const read = (patientId: string) =>
      readInstance(
        buildDicom({
          syntax: 'implicit',
          patientId,
          elements: [{ tag: '00081030', vr: 'LO', value: 'word '.repeat(20_000) }],
        }),
        'clip.dcm',
      ).study;
    const first = read(`${'1'.repeat(30_000)}2`);
    const second = read(`${'1'.repeat(30_000)}3`);
    expect(first.description).toMatch(/^word word .*…$/);
    expect(first.patient.patientId).not.toBe(second.patient.patientId);
    expect(first.patient.patientId).toBe(read(`${'1'.repeat(30_000)}2`).patient.patientId);
  });

  it('do not take padding for text', () => {
    const { study } = readInstance(
      buildDicom({
        syntax: 'implicit',
        elements: [{ tag: '00081030', vr: 'LO', value: `${' '.repeat(50_000)}Rest${' '.repeat(50_000)}` }],
      }),
      'clip.dcm',
    );
    expect(study.description).toBe('Rest');
  });
});

describe('cutting', () => {
  it('never leaves half a character and never exceeds its length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.integer({ min: 2, max: 40 }),
        (text, most) => {
          for (const short of [marked(text, most), cutFileName(text, Math.max(3, most))]) {
            expect(short.isWellFormed()).toBe(true);
          }
          expect(marked(text, most).length).toBeLessThanOrEqual(most);
        },
      ),
    );
    expect(cutFileName(`${'a'.repeat(400)}.dcm`)).toMatch(/^a+…a+\.dcm$/);
    expect(cutFileName('clip.dcm')).toBe('clip.dcm');
  });
});
