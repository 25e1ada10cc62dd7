import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../main/dicom/instance.ts';
import { buildDicom, type DataElement, type DicomOptions } from '../../fixtures/dicom/build.ts';

const element = (tag: string, vr: string, value: DataElement['value']): DataElement => ({ tag, vr, value });
const read = (options: DicomOptions) => readInstance(buildDicom(options), 'built.dcm');
const region = { box: [10, 12, 200, 180], deltaX: -0.05, deltaY: 0.025 } as const;

describe('readInstance', () => {
  it.each(['explicit', 'implicit', 'big-endian', 'deflated', 'jpeg'] as const)(
    'states every fact of a clip, %s',
    (syntax) => {
      const { clip, study, pixels } = read({
        syntax,
        frameTimeVectorMs: [33, 40, 50],
        regions: [{ ...region, unitsX: 0, unitsY: 0, spatialFormat: 0, dataType: 0 }, region],
        elements: [
          element('00081090', 'LO', 'Model 7'),
          element('00081030', 'LO', 'Echo'),
          element('00101010', 'AS', '054Y'),
          element('00080090', 'PN', 'Wren^Ada'),
          element('00321030', 'LO', 'Dyspnoea'),
          element('00401002', 'LO', 'other words'),
          element('00101020', 'DS', '1.78'),
          element('00101030', 'DS', '72.5'),
          element('00100021', 'LO', 'Hospital A'),
          element('00181088', 'IS', '61'),
          element('00186060', 'FL', [120, 980.5]),
          element('00280030', 'DS', ['0.25', '0.5']),
          element('0008002a', 'DT', '20240229101531.123+0100'),
        ],
      });
      expect(clip).toMatchObject({
        sopInstanceUid: '1.2.3.4.1',
        sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
        seriesInstanceUid: '1.2.3.4.2',
        studyInstanceUid: '1.2.3.4.3',
        instanceNumber: 1,
        fileName: 'built.dcm',
        rows: 16,
        columns: 24,
        frames: 3,
        timing: { source: 'frame-time-vector', frameTimesMs: [0, 40, 90] },
        pixelSpacingMm: [0.25, 0.5],
        heartRateBpm: 61,
        rWaveTimesMs: [120, 980.5],
        acquiredAt: '2024-02-29T10:15:31',
        manufacturer: 'Systola tests',
        manufacturerModel: 'Model 7',
        bMode: true,
        colourOverlay: false,
      });
      expect(clip.regions[1]).toEqual({
        spatialFormat: 1,
        dataType: 1,
        box: { minX: 10, minY: 12, maxX: 200, maxY: 180 },
        unitsX: 3,
        unitsY: 3,
        deltaX: -0.05,
        deltaY: 0.025,
      });
      expect(study).toEqual({
        studyInstanceUid: '1.2.3.4.3',
        patient: {
          patientId: 'P-1',
          issuerOfPatientId: 'Hospital A',
          name: { alphabetic: 'Doe^Jane', ideographic: '', phonetic: '' },
          birthDate: '1970-01-01',
          sex: 'female',
          statedAge: '054Y',
        },
        studyDate: '2024-02-29',
        description: 'Echo',
        accessionNumber: 'A-1',
        heightCm: 178,
        weightKg: 72.5,
        heartRateBpm: 61,
        request: {
          referrer: { alphabetic: 'Wren^Ada', ideographic: '', phonetic: '' },
          indication: 'Dyspnoea',
        },
      });
      expect(pixels).toMatchObject({ samplesPerPixel: 1, bitsStored: 8, photometric: 'MONOCHROME2' });
    },
  );

  it('takes placeholders of scanners for missing values', () => {
    const { clip, study } = read({
      elements: [
        element('00101020', 'DS', '0'),
        element('00101030', 'DS', '0'),
        element('00181088', 'IS', '0'),
        element('00100030', 'DA', '00000000'),
        element('00100040', 'CS', 'X'),
        element('00080023', 'DA', '20240230'),
      ],
    });
    expect(study).toMatchObject({ heightCm: null, weightKg: null, heartRateBpm: null });
    expect(study.patient).toMatchObject({ birthDate: null, sex: 'unknown' });
    expect(clip).toMatchObject({ heartRateBpm: null, acquiredAt: null });
  });

  it('reads sequences of undefined length, and values with a stated VR of their own', () => {
    for (const syntax of ['explicit', 'implicit'] as const) {
      const { clip } = read({ syntax, undefinedLengths: true, regions: [region] });
      expect(clip.regions).toHaveLength(1);
    }
    const wide = read({ elements: [element('00280010', 'UL', [16]), element('00280011', 'UL', [24])] });
    expect(wide.clip).toMatchObject({ rows: 16, columns: 24 });
  });

  it('calls an M-mode or spectral picture no B-mode', () => {
    const shows = (regions: DicomOptions['regions'], imageType?: readonly string[]) =>
      read({
        ...(regions ? { regions } : {}),
        ...(imageType ? { elements: [element('00080008', 'CS', imageType)] } : {}),
      }).clip.bMode;
    expect(shows(undefined)).toBe(true);
    expect(shows([{ ...region, spatialFormat: 3, dataType: 3 }])).toBe(false);
    expect(shows([{ ...region, spatialFormat: 2 }])).toBe(false);
    expect(shows([{ ...region, spatialFormat: 3 }, region])).toBe(true);
    expect(shows(undefined, ['ORIGINAL', 'PRIMARY', '', '0002'])).toBe(false);
    expect(shows(undefined, ['ORIGINAL', 'PRIMARY', '', '0011'])).toBe(true);
    const spectrum = { ...region, spatialFormat: 3, dataType: 3 };
    // A spectrum without a picture is none, though the loop is called 2D; an ECG beside a picture takes nothing away.
    expect(shows([spectrum], ['ORIGINAL', 'PRIMARY', '', '0001'])).toBe(false);
    expect(shows([{ ...region, spatialFormat: 4, dataType: 10 }], ['ORIGINAL', 'PRIMARY', '', '0001'])).toBe(
      true,
    );
    expect(shows([{ ...region, dataType: 14 }])).toBe(false);
    // Somewhere on the screen is a picture, and nobody says where.
    for (const modes of ['0003', '0005', '0009', '0019', '0031']) {
      expect(shows(undefined, ['ORIGINAL', 'PRIMARY', '', modes])).toBe(false);
      expect(shows([region, spectrum], ['ORIGINAL', 'PRIMARY', '', modes])).toBe(true);
    }
  });

  it('reads where it stands in a stress protocol', () => {
    const protocol = (...elements: DicomOptions['elements'] & object) => {
      const { stage, viewName, viewNumber } = read({ elements }).clip;
      return { stage, viewName, viewNumber };
    };
    expect(protocol()).toEqual({ stage: null, viewName: null, viewNumber: null });
    expect(
      protocol(
        element('00082120', 'SH', 'REST '),
        element('00082122', 'IS', '1'),
        element('00082127', 'SH', ' A4C'),
        element('00082128', 'IS', '3'),
      ),
    ).toEqual({ stage: { name: 'REST', number: 1 }, viewName: 'A4C', viewNumber: 3 });
    expect(protocol(element('00082122', 'IS', '2')).stage).toEqual({ name: null, number: 2 });
    expect(protocol(element('00082120', 'SH', '   '), element('00082122', 'IS', 'x')).stage).toBeNull();
    expect(protocol(element('00082120', 'SH', 'x'.repeat(60_000))).stage?.name).toHaveLength(64);
    const code = element('0040000a', 'SQ', [
      [
        element('00080100', 'SH', 'P5-01201'),
        element('00080102', 'SH', 'SRT'),
        element('00080104', 'LO', 'Baseline image acquisition'),
      ],
    ]);
    expect(protocol(code).stage).toEqual({ name: 'Baseline image acquisition', number: null });
    expect(protocol(element('00082120', 'SH', 'PEAK'), code).stage).toEqual({ name: 'PEAK', number: null });
  });

  it('reads the shape of a pixel, vertical first, and takes no nonsense for one', () => {
    const ratio = (...elements: DicomOptions['elements'] & object) =>
      read({ elements }).clip.pixelAspectRatio;
    expect(ratio()).toBeNull();
    expect(ratio(element('00280034', 'IS', ['2', '3']))).toEqual([2, 3]);
    expect(ratio(element('00280034', 'IS', ['0', '3']))).toBeNull();
    expect(ratio(element('00280034', 'IS', ['2']))).toBeNull();
    expect(ratio(element('00181164', 'DS', ['0.2', '0.3']))).toEqual([0.2, 0.3]);
  });

  it('believes statements of colour, not the mere presence of colour data', () => {
    const colour = (options: DicomOptions) => read({ photometric: 'RGB', ...options }).clip.colourOverlay;
    expect(colour({ regions: [region, { ...region, dataType: 2 }] })).toBe(true);
    expect(colour({ elements: [element('00080008', 'CS', ['ORIGINAL', 'PRIMARY', '', '0011'])] })).toBe(true);
    expect(colour({ regions: [region], elements: [element('00280014', 'US', [1])] })).toBe(false);
    expect(colour({ regions: [{ ...region, spatialFormat: 3, dataType: 2 }] })).toBe(false);
  });

  it('reads names in the character set of the file', () => {
    const { study } = read({
      characterSet: ['ISO_IR 192'],
      patientName: Buffer.from('Müller^Jürgen=王^小東'),
    });
    expect(study.patient.name).toMatchObject({ alphabetic: 'Müller^Jürgen', ideographic: '王^小東' });
  });
});

describe('view', () => {
  const view = (options: DicomOptions) => read(options).clip.view;

  it.each([
    ['399214001', 'SCT', 'Apical four chamber', 'a4c'],
    ['399232001', 'SCT', 'Apical two chamber', 'a2c'],
    ['399339008', 'SCT', 'Apical long axis', 'a3c'],
    ['G-A19C', 'SRT', 'Apical four chamber', 'a4c'],
    ['G-A19B', 'SNM3', 'Apical two chamber', 'a2c'],
    ['XYZ', '99VENDOR', 'A2C', 'a2c'],
    ['399306005', 'SCT', 'Parasternal long axis', 'other'],
    ['399139001', 'SCT', 'Apical five chamber', 'other'],
  ])('reads the code %s of %s', (code, scheme, meaning, expected) => {
    expect(view({ view: { code, scheme, meaning } })).toEqual({ code: expected, source: 'file' });
  });

  it.each([
    ['A4C ED+ES', 'a4c'],
    ['Apical 4-Chamber', 'a4c'],
    ['AP2', 'a2c'],
    ['apical_two_chamber', 'a2c'],
    ['Apical LAX', 'a3c'],
    ['PS LAX MR & AI', 'other'],
    ['PLAX', 'other'],
  ])('reads "%s" in a series description', (text, expected) => {
    expect(view({ elements: [element('0008103e', 'LO', text)] })).toEqual({ code: expected, source: 'file' });
  });

  it.each(['A4C and A2C', 'Stress Echo Study', '4 chamber', 'echo', 'PLAX, A4C, A2C'])(
    'makes nothing of "%s"',
    (text) => {
      expect(view({ elements: [element('0008103e', 'LO', text)] })).toEqual({
        code: 'unknown',
        source: 'none',
      });
    },
  );

  it('never reads the patient name', () => {
    expect(view({ patientName: 'PLAX' }).code).toBe('unknown');
    expect(view({ patientName: 'A4C', patientId: 'A4C' }).code).toBe('unknown');
  });
});
