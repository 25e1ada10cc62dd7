import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { presetNames } from '../../../core/deidentify/preset.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { dateForms, foundIn } from '../../fixtures/deidentify/byte-search.ts';
import { deidentified } from '../../fixtures/deidentify/deidentified.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import type { DataElement } from '../../fixtures/dicom/element.ts';
import { encodeFrame } from '../../fixtures/dicom/encode-frame.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const text = (tag: string, vr: string, value: DataElement['value']): DataElement => ({ tag, vr, value });

const secrets = [
  'Quibble',
  'Zanzibar',
  'HN-4711-77',
  'ACC-90210',
  'Nightingale',
  'Saint-Elsewhere',
  'SECRET-DEVICE',
];
const dates = [...dateForms('19481127'), ...dateForms('20230519')];
const uids = ['1.2.840.99999.1.77', '1.2.840.99999.2.77', '1.2.840.99999.3.77', '1.2.840.99999.4.77'];

/** A file that names its patient wherever a file can. */
function revealing(options: DicomOptions = {}): Uint8Array {
  const file = buildDicom({
    sopInstanceUid: uids[0]!,
    seriesInstanceUid: uids[1]!,
    studyInstanceUid: uids[2]!,
    patientId: 'HN-4711-77',
    patientName: 'Quibble^Zanzibar',
    ...options,
    elements: [
      text('00080012', 'DA', '20230519'),
      text('00080020', 'DA', '20230519'),
      text('0008002a', 'DT', '20230519101500.25+0100'),
      text('00080050', 'SH', 'ACC-90210'),
      text('00080080', 'LO', 'Saint-Elsewhere'),
      text('00080090', 'PN', 'Nightingale^Florence'),
      text('00081010', 'SH', 'Zanzibar-1'),
      text('00081030', 'LO', 'Echo of Quibble, born 27.11.1948'),
      // Attributes that stay, with what should not be in them.
      text('00082120', 'SH', 'QUIBBLE REST'),
      text('00082127', 'SH', Buffer.from('A4C\0Zanzibar Quibble ', 'latin1')),
      text('00181020', 'LO', ['9.1', 'for Saint-Elsewhere']),
      text('00185010', 'LO', 'V4\\quibble'),
      text('00185020', 'LO', 'HN-4711-77'),
      text('00181088', 'IS', 'Quibble'),
      text('00186031', 'CS', 'Quibble_Zanzibar'),
      text('00280014', 'US', Buffer.from('Quibble', 'latin1')),
      // Sequences that go, that stay, and that stand in one another.
      text('00081110', 'SQ', [[text('00081155', 'UI', uids[3]!)]]),
      text('00081140', 'SQ', [
        [
          text('00081150', 'UI', '1.2.840.10008.5.1.4.1.1.6.1'),
          text('00081155', 'UI', uids[3]!),
          text('00100010', 'PN', 'Quibble^Zanzibar'),
        ],
      ]),
      text('00082218', 'SQ', [
        [
          text('00080100', 'SH', '80891009'),
          text('00080102', 'SH', '99LOCAL'),
          text('00080104', 'LO', 'heart of Quibble'),
          text('00082220', 'SQ', [[text('00080104', 'LO', 'Zanzibar'), text('00091001', 'LO', 'Quibble')]]),
        ],
      ]),
      text('00081120', 'SQ', [[text('00081155', 'UI', uids[3]!)]]),
      text('00101002', 'SQ', [[text('00100020', 'LO', 'HN-4711-77')]]),
      text('00100030', 'DA', '19481127'),
      text('00101000', 'LO', ['HN-4711-77', 'x']),
      text('00104000', 'LT', 'Quibble was born on 11/27/1948'),
      text('00181000', 'LO', 'SECRET-DEVICE'),
      // Private groups, and attributes that nobody knows.
      text('00090010', 'LO', 'GEMS_ULTRASOUND'),
      text('00091001', 'UN', Buffer.from('Quibble', 'utf16le')),
      text('00091002', 'SQ', [[text('00100010', 'PN', 'Quibble')]]),
      text('7fe10010', 'LO', 'GEMS_Ultrasound_MovieGroup'),
      text('7fe11001', 'OB', Buffer.from('Zanzibar', 'utf8')),
      text('00189999', 'LO', 'Quibble'),
      text('00321032', 'PN', 'Nightingale'),
      text('60003000', 'OW', Buffer.from('Quibble!', 'latin1')),
      text('60000010', 'US', [16]),
      text('fffcfffc', 'OB', Buffer.from('Zanzibar', 'latin1')),
      ...(options.elements ?? []),
    ],
  });
  const bytes = Buffer.concat([file, Buffer.from('Quibble behind the end')]);
  bytes.write('Quibble Zanzibar, Saint-Elsewhere', 'latin1');
  return bytes;
}

describe('a file that names its patient wherever it can', () => {
  const syntaxes = ['explicit', 'implicit', 'big-endian', 'deflated', 'jpeg', 'rle', 'jpeg-ls'] as const;
  for (const preset of presetNames) {
    it(`names nobody with the preset ${preset}, in any encoding`, async () => {
      for (const syntax of syntaxes) {
        const before = revealing({ syntax });
        const { bytes } = await deidentified(folder(), before, { preset });
        if (syntax !== 'deflated') expect(foundIn(before, secrets)).toEqual(secrets);
        const searched = preset === 'sharing' ? secrets : secrets.filter((one) => one !== 'SECRET-DEVICE');
        expect([syntax, foundIn(bytes, [...searched, ...dates])]).toEqual([syntax, []]);
        expect([syntax, foundIn(bytes, uids)]).toEqual([syntax, preset === 'internal' ? uids : []]);
      }
    });
  }

  it('with undefined lengths, and with names in scripts of their own', async () => {
    const names: readonly (readonly [string, Uint8Array, string])[] = [
      ['ISO_IR 192', Buffer.from('Ğüzel^Çağla', 'utf8'), 'Çağla'],
      ['ISO_IR 100', Buffer.from('Müller^Jörg', 'latin1'), 'Müller'],
      ['ISO_IR 192', Buffer.from('Yamada^Tarou=山田^太郎=やまだ^たろう', 'utf8'), '山田'],
      ['ISO_IR 192', Buffer.from('Люкceмбypг', 'utf8'), 'Люкceмбypг'],
    ];
    for (const [characterSet, patientName, part] of names) {
      const inStage = Buffer.from(part, characterSet === 'ISO_IR 192' ? 'utf8' : 'latin1');
      const before = buildDicom({
        characterSet: [characterSet],
        patientName,
        undefinedLengths: true,
        elements: [
          text('00082120', 'SH', inStage),
          text('00081140', 'SQ', [[text('00100010', 'PN', patientName)]]),
          text('00540220', 'SQ', [[text('00080100', 'SH', '1'), text('00080104', 'LO', inStage)]]),
        ],
      });
      const { bytes } = await deidentified(folder(), before, { preset: 'internal' });
      expect(foundIn(before, [part])).toEqual([part]);
      expect(foundIn(bytes, [part])).toEqual([]);
    }
  });

  it('leaves nothing in comments and application segments of JPEG frames', async () => {
    const frame = encodeFrame('jpeg', new Array(16 * 24).fill(90), {
      ...{ rows: 16, columns: 24, channels: 1, bitsAllocated: 8, bitsStored: 8, signed: false },
    });
    const segment = (marker: number, said: string): Buffer => {
      const content = Buffer.from(said, 'latin1');
      return Buffer.concat([Uint8Array.of(0xff, marker, 0, content.length + 2), content]);
    };
    const speaking = Buffer.concat([
      frame.subarray(0, 2),
      segment(0xfe, 'Quibble'),
      segment(0xe1, 'Exif Zanzibar'),
      frame.subarray(2),
      Buffer.from('Quibble'),
    ]);
    const before = buildDicom({ syntax: 'jpeg', encodedFrames: [speaking, speaking], frames: 2 });
    const whole = await deidentified(folder(), before);
    expect(whole.clip.method).toBe('coefficients');
    expect(foundIn(whole.bytes, secrets)).toEqual([]);
  });

  it('has an empty preamble and nothing of the old file meta information', async () => {
    const { path } = await deidentified(folder(), revealing({ syntax: 'jpeg' }), { preset: 'internal' });
    const bytes = readFileSync(path);
    expect(bytes.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(128, 132).toString()).toBe('DICM');
    expect(foundIn(bytes.subarray(0, 500), ['1.2.3.4.99'])).toEqual([]);
  });
});

describe('the words of a description', () => {
  it('give way to the view that they told, where they told one', async () => {
    const said = async (description: string) => {
      const file = buildDicom({ elements: [text('0008103e', 'LO', description)] });
      const { bytes } = await deidentified(folder(), file);
      const { view } = readInstance(bytes, 'clip.dcm').clip;
      return [view.code, String(readWithDcmjs(bytes).dict['0008103E']?.Value[0]).trim()];
    };
    expect(await said('AP4 of Mr Quibble')).toEqual(['a4c', 'Apical 4 chamber']);
    expect(await said('a2c zanzibar')).toEqual(['a2c', 'Apical 2 chamber']);
    expect(await said('APLAX')).toEqual(['a3c', 'Apical long axis']);
    expect(await said('PLAX')).toEqual(['unknown', 'undefined']);
    expect(await said('Quibble')).toEqual(['unknown', 'undefined']);
  });
});
