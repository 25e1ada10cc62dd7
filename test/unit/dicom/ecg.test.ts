import { describe, expect, it } from 'vitest';
import type { EcgFacts } from '../../../core/clip/ecg.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readEcg } from '../../../main/dicom/ecg/ecg.ts';
import { mostTraceValues } from '../../../main/dicom/ecg/limits.ts';
import { readHeader } from '../../../main/dicom/header.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { clipFactsSchema } from '../../../main/library/facts-schema.ts';
import {
  buildDicom,
  type DataElement,
  type DicomOptions,
  type SyntaxName,
} from '../../fixtures/dicom/build.ts';
import { curve, waveform } from '../../fixtures/dicom/ecg-elements.ts';

/** A loop of two seconds. */
const loop: DicomOptions = { rows: 16, columns: 16, frames: 50, frameTimeMs: 40 };

function read(elements: readonly DataElement[], options: DicomOptions = {}) {
  const bytes = buildDicom({ ...loop, ...options, elements });
  const { clip } = readInstance(bytes, 'a.dcm');
  expect(clipFactsSchema.parse(JSON.parse(JSON.stringify(clip)))).toEqual(clip);
  const { attributes } = readHeader(new MemorySource(bytes), 'a.dcm');
  return { facts: clip.ecg ?? null, trace: readEcg(attributes) };
}

/** ms of the greatest values, one a second. */
const peaks = ({ values, stepMs, startMs }: NonNullable<ReturnType<typeof readEcg>>): number[] => {
  const most = Math.max(...values.map((value) => value ?? -Infinity));
  return values.flatMap((value, index) => (value === most ? [Math.round(startMs + index * stepMs)] : []));
};

describe('a waveform sequence', () => {
  it.each(['explicit', 'implicit', 'big-endian', 'deflated'] as SyntaxName[])('is read in %s', (syntax) => {
    const { facts, trace } = read([waveform({ bigEndian: syntax === 'big-endian' })], { syntax });
    expect(facts).toEqual({
      ...{ source: 'waveform', lead: 'II', unit: 'mV', samples: 500, samplesPerSecond: 250 },
      // As long as the loop, and nothing says otherwise.
      ...{ startMs: 0, alignment: 'assumed' },
    });
    expect(trace).toMatchObject({ stepMs: 4, startMs: 0 });
    expect(trace!.values).toHaveLength(500);
    // 500 of 2 µV.
    expect(Math.max(...trace!.values.map(Number))).toBeCloseTo(1, 2);
    const [first, second, ...others] = peaks(trace!);
    expect(Math.abs(first! - 240)).toBeLessThanOrEqual(4);
    expect(second! - first!).toBe(1000);
    expect(others).toEqual([]);
  });

  it('lies where an offset or a trigger says', () => {
    const offset = [{ tag: '00181068', vr: 'DS', value: '-120.5' }];
    expect(read([waveform({ group: offset })]).facts).toMatchObject({ startMs: -120.5, alignment: 'stated' });
    const trigger = [{ tag: '0018106e', vr: 'UL', value: [25] }];
    const image = { tag: '00181060', vr: 'DS', value: '40' };
    // The trigger is 100 ms behind its first sample, and 40 ms before the first frame.
    expect(read([waveform({ group: trigger }), image]).facts).toMatchObject({
      startMs: -140,
      alignment: 'stated',
    });
    expect(read([waveform({ group: trigger })]).facts).toMatchObject({ alignment: 'assumed' });
    const short = { frames: 10 };
    expect(read([waveform()], short).facts).toMatchObject({ startMs: 0, alignment: 'unknown' });
    expect(read([waveform()], { frameTimeMs: null }).facts).toMatchObject({ alignment: 'unknown' });
  });

  it('gives lead II where there is one, and no channel that is no ECG', () => {
    const values = [10, 20, 30].map((level) =>
      Array.from({ length: 500 }, (_, index) => (index % 2) * level),
    );
    const one = { code: ['MDC', '2:1', 'Lead I (Einthoven)'] } as const;
    const two = { code: ['SCPECG', '5.6.3-9-2', 'Lead II'] } as const;
    const pulse = { code: ['MDC', '2:37108', 'Pulse'], label: 'PLETH' } as const;
    expect(read([waveform({ channels: [pulse, one, two], values })])).toMatchObject({
      facts: { lead: 'II', unit: null },
    });
    const { trace } = read([waveform({ channels: [pulse, one, two], values })]);
    expect(trace!.values.slice(0, 4)).toEqual([0, 30, 0, 30]);
    expect(read([waveform({ channels: [pulse] })]).facts).toBeNull();
    expect(read([waveform({ channels: [{ code: null, label: 'Phono' }] })]).facts).toBeNull();
    // What a label says beside the lead is nobody's business.
    const named = { code: null, label: 'ECG V5 Maier' };
    expect(read([waveform({ channels: [named] })]).facts).toMatchObject({ lead: 'V5' });
  });

  it('has gaps where it has padding', () => {
    const values = [Array.from({ length: 500 }, (_, index) => (index === 7 ? -32_768 : index))];
    const padding = [{ tag: '5400100a', vr: 'OW', value: Uint8Array.of(0, 0x80) }];
    const { trace } = read([waveform({ values, group: padding, channels: [{ code: null, label: 'ECG' }] })]);
    expect(trace!.values.slice(6, 9)).toEqual([6, null, 8]);
  });

  it('is sent as its extremes where it is long', () => {
    const values = [Array.from({ length: 100_000 }, (_, index) => (index === 77_777 ? 999 : index % 5))];
    const { facts, trace } = read([waveform({ values, samplesPerSecond: 500 })]);
    expect(facts).toMatchObject({ samples: 100_000, alignment: 'unknown' });
    expect(trace!.values.length).toBeLessThanOrEqual(mostTraceValues + 2);
    const [at] = peaks(trace!);
    expect(Math.abs(at! - 77_777 * 2)).toBeLessThanOrEqual(2 * trace!.stepMs);
  });
});

describe('a curve of a group 50xx', () => {
  it('is read by its rate', () => {
    const { facts, trace } = read(curve());
    expect(facts).toEqual({
      ...{ source: 'curve', lead: 'aVF', unit: null, samples: 600, samplesPerSecond: 300 },
      ...{ startMs: 0, alignment: 'assumed' },
    });
    const [first, second] = peaks(trace!);
    expect(Math.abs(first! - 240)).toBeLessThanOrEqual(4);
    expect(second! - first!).toBe(1000);
  });

  it.each([
    ['an interval in milliseconds', { units: 'MSEC\\MV', step: 5 }, { samplesPerSecond: 200, unit: 'mV' }],
    [
      'a start',
      { units: 'MSEC\\NONE', step: 5, elements: [{ tag: '50000112', vr: 'US', value: [60] }] },
      { startMs: 60, alignment: 'stated' },
    ],
    ['another group', { group: '5006' }, { lead: 'aVF' }],
    ['physiological data called an ECG', { type: 'PHYSIO', description: 'ECG' }, { lead: null }],
  ])('with %s', (_, options, expected) => {
    expect(read(curve(options)).facts).toMatchObject(expected);
  });

  it('is read as pairs of time and value', () => {
    const pairs = Array.from({ length: 200 }, (_, index) => [10 * index, (index * 7) % 50]).flat();
    const elements = [{ tag: '50000110', vr: 'US', value: [1, 1] }];
    const { facts, trace } = read(curve({ units: 'MSEC\\NONE', values: pairs, statedPoints: 200, elements }));
    expect(facts).toMatchObject({ samples: 200, samplesPerSecond: 100, alignment: 'assumed' });
    expect(trace!.values.slice(0, 3)).toEqual([0, 7, 14]);
  });

  it('gives way to a waveform', () => {
    expect(read([...curve(), waveform()]).facts).toMatchObject({ source: 'waveform' });
  });
});

describe('what is no ECG that could be read', () => {
  const flat = [Array.from({ length: 500 }, () => 3)];
  it.each([
    ['nothing', []],
    ['a flat line', [waveform({ values: flat })]],
    ['sound', [waveform({ interpretation: 'MB' })]],
    ['a rate of none', [waveform({ samplesPerSecond: 0 })]],
    ['a rate that is no number', [waveform({ group: [{ tag: '003a001a', vr: 'DS', value: 'NaN' }] })]],
    ['a rate beyond any', [waveform({ samplesPerSecond: 1e9 })]],
    ['no channel', [waveform({ statedChannels: 0 })]],
    ['channels beyond any', [waveform({ statedChannels: 65_535 })]],
    ['no samples', [waveform({ statedSamples: 0 })]],
    ['an offset beyond any', [waveform({ group: [{ tag: '00181068', vr: 'DS', value: '1e300' }] })]],
    ['a curve of another kind', curve({ type: 'ROI' })],
    ['breath', curve({ type: 'PHYSIO', description: 'RESP' })],
    ['a curve over no time', curve({ units: 'CM\\NONE' })],
    [
      'a curve that goes back in time',
      curve({
        units: 'MSEC\\NONE',
        values: [0, 1, 20, 2, 10, 3, 30, 4],
        statedPoints: 4,
        elements: [{ tag: '50000110', vr: 'US', value: [1, 1] }],
      }),
    ],
    [
      'a curve of an unknown kind of number',
      curve({ elements: [{ tag: '50000103', vr: 'US', value: [9] }] }),
    ],
    ['a step of none', curve({ step: 0 })],
  ] as [string, DataElement[]][])('%s', (_, elements) => {
    expect(read(elements).facts).toBeNull();
  });

  it('more samples stated than there are: those that there are', () => {
    expect(read([waveform({ statedSamples: 4_000_000_000 })]).facts).toMatchObject({ samples: 500 });
    expect(read(curve({ statedPoints: 65_535 })).facts).toMatchObject({ samples: 600 });
  });

  it('floats that are none', () => {
    const floats = new Float32Array([NaN, 1, Infinity, 2, -Infinity, 1]);
    const elements: DataElement[] = [
      { tag: '50000103', vr: 'US', value: [2] },
      { tag: '50003000', vr: 'OW', value: new Uint8Array(floats.buffer) },
    ];
    expect(read(curve({ statedPoints: 6, elements })).trace!.values).toEqual([null, 1, null, 2, null, 1]);
  });
});

it('facts hold no samples', () => {
  const facts: EcgFacts = read([waveform()]).facts!;
  expect(JSON.stringify(facts).length).toBeLessThan(200);
});
