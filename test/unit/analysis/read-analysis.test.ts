import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analysisSchemaName } from '../../../core/analysis/analysis.ts';
import { readAnalysis } from '../../../core/analysis/read-analysis.ts';
import { SystolaError } from '../../../core/error.ts';

interface StoredAnalysis {
  readonly schema: string;
  readonly studies: readonly {
    readonly clips: readonly {
      readonly measurements: readonly object[];
      readonly traces: readonly object[];
      readonly beats: readonly object[];
    }[];
    readonly measurements: readonly object[];
  }[];
}

const stored = JSON.parse(
  readFileSync(new URL('../../fixtures/analysis/schema-1.json', import.meta.url), 'utf8'),
) as StoredAnalysis;

describe('readAnalysis', () => {
  it('reads what schema 1 held, every number as it was', () => {
    const analysis = readAnalysis(stored);
    const [study] = stored.studies;
    const [read] = analysis.studies;
    expect(analysis.schema).toBe(analysisSchemaName);
    expect(read?.measurements.map(({ stage, ...rest }) => (expect(stage).toBeNull(), rest))).toEqual(
      study?.measurements,
    );
    expect(read?.clips).toHaveLength(2);
    read?.clips.forEach((clip, index) => {
      const {
        measurements,
        stage,
        framesWithoutPicture,
        fileSha256,
        traces,
        beats,
        spread,
        propagation,
        propagations,
        recognition,
        marks,
        ...rest
      } = clip;
      const before = study!.clips[index]!;
      expect(traces).toEqual(
        before.traces.map((trace) => ({ ...trace, structure: 'lv-cavity', propagatedFrom: null })),
      );
      const later = [stage, framesWithoutPicture, fileSha256, spread, recognition, marks];
      expect([...later, propagation, propagations]).toEqual(Array(8).fill(null));
      expect(beats.map(({ edFrame, esFrame }) => ({ edFrame, esFrame }))).toEqual(before.beats);
      expect(beats.every(({ efPercent, included }) => efPercent === null && included === null)).toBe(true);
      expect(measurements).toEqual(before.measurements.map((one) => ({ ...one, stage: null })));
      expect(before).toMatchObject(rest);
    });
    expect(readAnalysis(analysis)).toEqual(analysis);
  });

  it('reads what schema 2 held: every contour was of the cavity', () => {
    const { traces, ...clip } = readAnalysis(stored).studies[0]!.clips[0]!;
    const second = {
      ...readAnalysis(stored),
      schema: 'systola-analysis/2',
      studies: [
        {
          ...readAnalysis(stored).studies[0],
          clips: [
            {
              ...clip,
              stage: { name: 'REST', number: 1 },
              traces: traces.map(({ structure: _, propagatedFrom: _from, ...trace }) => trace),
            },
          ],
        },
      ],
    };
    const read = readAnalysis(second).studies[0]!.clips[0]!;
    expect(read.traces).toEqual(traces);
    expect(traces.length).toBeGreaterThan(0);
    expect(read.stage).toEqual({ name: 'REST', number: 1 });
  });

  it('reads schema 3 as it was before it had beats’ numbers, spreads and propagations: it holds none', () => {
    const today = readAnalysis(stored);
    const asFirstWritten = {
      ...today,
      studies: today.studies.map(({ spread: _, beatPairs: _pairs, ...study }) => ({
        ...study,
        clips: study.clips.map(({ spread: _spread, propagation: _carried, ...clip }) => ({
          ...clip,
          traces: clip.traces.map(({ propagatedFrom: _from, ...trace }) => trace),
          beats: clip.beats.map(({ edFrame, esFrame }) => ({ edFrame, esFrame })),
        })),
      })),
    };
    expect(readAnalysis(asFirstWritten)).toEqual(today);
  });

  it('keeps what schema 3 says', () => {
    const today = readAnalysis(stored);
    const [study] = today.studies;
    const [clip] = study!.clips;
    const [trace] = clip!.traces;
    const [beat] = clip!.beats;
    const said = {
      ...today,
      studies: [
        {
          ...study,
          beatPairs: [{ a4c: 0, a2c: 0 }],
          clips: [
            {
              ...clip,
              traces: [{ ...trace, source: 'propagated', propagatedFrom: [3] }],
              propagation: { way: 'memory', anchors: [3], from: 0, to: 9, model: 'm', sha256: 'ab' },
              beats: [{ ...beat, efPercent: 55, included: false, excludedBy: 'Dr. Reader' }],
            },
          ],
        },
      ],
    };
    expect(readAnalysis(said)).toEqual(said);
  });

  it('leaves what it was given as it is', () => {
    const before = structuredClone(stored);
    readAnalysis(stored);
    expect(stored).toEqual(before);
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['no schema', { studies: [] }],
    ['a later schema', { ...stored, schema: 'systola-analysis/999' }],
    ['a schema named like a method', { ...stored, schema: 'constructor' }],
    ['studies that are none', { ...stored, studies: 'none' }],
    ['a damaged study', { ...stored, studies: [{ clips: [null], measurements: [1] }] }],
  ])('refuses %s by a typed error', (_, value) => {
    expect(() => readAnalysis(value, 'analysis.json')).toThrow(SystolaError);
    try {
      readAnalysis(value, 'analysis.json');
    } catch (error) {
      expect(error).toMatchObject({ code: 'malformed', file: 'analysis.json' });
    }
  });
});
