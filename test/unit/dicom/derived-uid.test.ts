import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../main/dicom/instance.ts';
import { isUid } from '../../../main/dicom/uid.ts';
import { buildDicom, type DataElement, type DicomOptions } from '../../fixtures/dicom/build.ts';

const element = (tag: string, vr: string, value: DataElement['value']): DataElement => ({ tag, vr, value });
const clipOf = (options: DicomOptions) => readInstance(buildDicom(options), 'any.dcm').clip;
const noMetaUid = { sopInstanceUid: ' ' } as const;

describe('UIDs that a device never wrote', () => {
  it.each([undefined, '', 'none', '../../etc/passwd'])(
    'SOP Instance UID "%s": the file header has one',
    (value) => {
      const clip = clipOf(
        value === undefined ? { without: ['00080018'] } : { elements: [element('00080018', 'UI', value)] },
      );
      expect(clip.sopInstanceUid).toBe('1.2.3.4.1');
      expect(clip.oddities).toEqual([{ kind: 'uid-derived', what: 'sop-instance', from: 'file-header' }]);
    },
  );

  it('comes from the content where no header has one: the same for a copy, another for another file', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 20 }), (one, other) => {
        const options = (text: string): DicomOptions => ({
          ...noMetaUid,
          elements: [element('00204000', 'LT', Buffer.from(text, 'utf8'))],
        });
        const first = clipOf(options(one));
        expect(isUid(first.sopInstanceUid)).toBe(true);
        expect(first.sopInstanceUid).toMatch(/^2\.25\.[1-9][0-9]*$/);
        expect(first.oddities).toEqual([{ kind: 'uid-derived', what: 'sop-instance', from: 'content' }]);
        expect(clipOf(options(one)).sopInstanceUid).toBe(first.sopInstanceUid);
        const second = buildDicom(options(other));
        if (!Buffer.from(second).equals(Buffer.from(buildDicom(options(one))))) {
          expect(clipOf(options(other)).sopInstanceUid).not.toBe(first.sopInstanceUid);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps files of one examination together, and those of two apart', () => {
    const studyOf = (elements: readonly DataElement[], other: DicomOptions = {}) =>
      clipOf({ without: ['0020000d'], elements, ...other });
    const exam = [element('00080030', 'TM', '101500'), element('00100020', 'LO', 'P-7')];
    const first = studyOf(exam, { sopInstanceUid: '1.2.3.4.5' });
    const second = studyOf(exam, { sopInstanceUid: '1.2.3.4.6', seriesInstanceUid: '1.2.3.4.77' });
    expect(first.oddities).toEqual([{ kind: 'uid-derived', what: 'study', from: 'patient-and-time' }]);
    expect(second.studyInstanceUid).toBe(first.studyInstanceUid);
    const others = [
      studyOf([element('00080030', 'TM', '113000'), element('00100020', 'LO', 'P-7')]),
      studyOf([element('00080030', 'TM', '101500'), element('00100020', 'LO', 'P-8')]),
      studyOf([...exam, element('00080020', 'DA', '20240301')]),
    ];
    expect(new Set([first, ...others].map(({ studyInstanceUid }) => studyInstanceUid)).size).toBe(4);
  });

  it('goes by the series where nothing tells the examination, and makes each file a study where not even that is', () => {
    const bare = { without: ['0020000d', '00080020', '00080030', '00080050'] };
    const one = clipOf({ ...bare, sopInstanceUid: '1.2.3.4.5' });
    const same = clipOf({ ...bare, sopInstanceUid: '1.2.3.4.6' });
    expect(one.oddities).toEqual([{ kind: 'uid-derived', what: 'study', from: 'series' }]);
    expect(same.studyInstanceUid).toBe(one.studyInstanceUid);
    const alone = { without: [...bare.without, '0020000e'] };
    const lone = clipOf({ ...alone, sopInstanceUid: '1.2.3.4.5' });
    const other = clipOf({ ...alone, sopInstanceUid: '1.2.3.4.6' });
    expect(lone.studyInstanceUid).not.toBe(other.studyInstanceUid);
    expect(lone.seriesInstanceUid).not.toBe(other.seriesInstanceUid);
  });

  it('takes the SOP class from the file header', () => {
    expect(clipOf({ without: ['00080016'] })).toMatchObject({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
      oddities: [{ kind: 'uid-derived', what: 'sop-class', from: 'file-header' }],
    });
  });
});
