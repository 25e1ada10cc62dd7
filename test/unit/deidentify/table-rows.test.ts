import { describe, expect, it } from 'vitest';
import { type ProfileRow, profileTable } from '../../../core/deidentify/profile-table.ts';
import type { PresetName } from '../../../core/deidentify/preset.ts';
import { deidentified } from '../../fixtures/deidentify/deidentified.ts';
import { mark, markedName, planted } from '../../fixtures/deidentify/planted.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { type ReadDataSet, type ReadElement, readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

/** Rows with a tag of their own, the repeating ones with one of their groups. */
const rows = profileTable
  .filter(({ tag }) => tag !== 'private')
  .map((row) => ({
    ...row,
    tag: row.tag.replace('60xx', '6002').replace('50xxxxxx', '50023000'),
    vr: row.vr === '*' ? 'OW' : row.vr,
  }));
/** Groups that no data set has at its top; in items anything may stand. */
const isOfDataSet = ({ tag }: { tag: string }): boolean => tag >= '0004';

const regionItem = (elements: Parameters<typeof buildDicom>[0] = {}): Uint8Array => {
  const box = ['00186018', '0018601a', '0018601c', '0018601e'].map((tag, index) => ({
    tag,
    vr: 'UL',
    value: [[0, 0, 23, 15][index]!],
  }));
  const nested = rows.map(({ tag, vr }) => planted(tag, vr));
  return buildDicom({
    ...elements,
    elements: [
      ...rows.filter(isOfDataSet).map(({ tag, vr }) => planted(tag, vr)),
      { tag: '00186011', vr: 'SQ', value: [[...box, ...nested]] },
    ],
  });
};

async function read(preset: PresetName, syntax: 'explicit' | 'implicit' | 'big-endian' = 'explicit') {
  const { bytes } = await deidentified(folder(), regionItem({ syntax }), { preset });
  const { dict, meta } = readWithDcmjs(bytes);
  const [item] = dict['00186011']!.Value as readonly ReadDataSet[];
  return { dict, item: item!, meta, text: Buffer.from(bytes).toString('latin1') };
}

/** Of type 2 in the ultrasound image IODs; other rows that may go are of type 3 there, or not in them. */
const emptied = ['00102203'];

type Outcome = 'absent' | 'empty' | 'dummy' | 'uid' | 'kept' | 'moved' | 'pseudonym';

function basicOutcome({ tag, vr, basic }: ProfileRow, isNested: boolean): Outcome {
  if (tag === '00100010' || tag === '00100020') return isNested ? 'absent' : 'pseudonym';
  if (basic === 'Z/D') return 'empty';
  if (basic.includes('/')) return emptied.includes(tag) && !isNested ? 'empty' : 'absent';
  if (basic === 'X') return 'absent';
  if (basic === 'Z') return 'empty';
  if (basic === 'U' || vr === 'UI') return 'uid';
  return vr === 'SQ' ? 'absent' : 'dummy';
}

function outcomeOf(tag: string, vr: string, element: ReadElement | undefined): Outcome {
  if (element === undefined) return 'absent';
  const text = JSON.stringify(element.Value, (_, value: unknown) =>
    value instanceof ArrayBuffer ? Buffer.from(value).toString('latin1') : value,
  );
  if (/S-[0-9A-Z]{10}/.test(text)) return 'pseudonym';
  if (element.Value.length === 0 || text === '[""]' || text === '[null]') return 'empty';
  if (/^\["2\.25\.\d+"\]$/.test(text)) return 'uid';
  const { value } = planted(tag, vr);
  const isPlanted =
    vr === 'SQ'
      ? true
      : typeof value === 'string'
        ? text.includes(value)
        : text.includes(mark) || text.includes('42');
  if (isPlanted) return 'kept';
  return (vr === 'DA' || vr === 'DT') && !text.includes('1900') ? 'moved' : 'dummy';
}

describe('every row of table E.1-1, planted in a file and in an item of it', () => {
  for (const syntax of ['explicit', 'implicit', 'big-endian'] as const) {
    it(`has its basic action with the preset for sharing (${syntax})`, async () => {
      const { dict, item, text } = await read('sharing', syntax);
      const found = rows.map((row) => ({
        tag: row.tag,
        top: isOfDataSet(row) ? outcomeOf(row.tag, row.vr, dict[row.tag.toUpperCase()]) : 'not there',
        nested: outcomeOf(row.tag, row.vr, item[row.tag.toUpperCase()]),
      }));
      const wanted = rows.map((row) => ({
        tag: row.tag,
        top: isOfDataSet(row) ? basicOutcome(row, false) : 'not there',
        nested: basicOutcome(row, true),
      }));
      expect(found).toEqual(wanted);
      expect(text).not.toContain(mark);
      expect(text).not.toContain(markedName);
      expect(text).not.toContain('20110203');
      expect(text).not.toContain('1.2.999.');
    });
  }

  it('keeps with the other presets what their options let through, and no more', async () => {
    for (const preset of ['longitudinal', 'internal'] as const) {
      const { dict, text } = await read(preset);
      const found = new Map<string, string[]>();
      for (const row of rows.filter(isOfDataSet)) {
        const outcome = outcomeOf(row.tag, row.vr, dict[row.tag.toUpperCase()]);
        const usual = basicOutcome(row, false);
        if (outcome === usual) continue;
        found.set(outcome, [...(found.get(outcome) ?? []), row.tag]);
        const { options } = row;
        if (outcome === 'moved') expect(options.modifiedDates).toBe('C');
        else if (outcome === 'kept' && row.vr === 'TM') expect(options.modifiedDates).toBe('C');
        else expect([options.patient, options.device, preset === 'internal' && options.uids]).toContain('K');
      }
      const datesMoved = rows.filter(
        ({ vr, options }) =>
          (vr === 'DA' || vr === 'DT') && options.modifiedDates === 'C' && options.device === undefined,
      );
      // Versions of context groups are printed in the standard: moved, they would tell by how much.
      expect(found.get('moved')).toHaveLength(datesMoved.filter(isOfDataSet).length - 2);
      expect(found.get('kept')).toContain('00101010');
      expect(found.get('kept')).toContain('00181000');
      expect(text).not.toContain(markedName);
      expect(found.get('kept')!.includes('00080018')).toBe(preset === 'internal');
      expect(text).not.toContain('20110203');
    }
  });
});
