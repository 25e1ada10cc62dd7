import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { analysisJsonSchema } from '../../../main/analysis/analysis-schema.ts';

const path = new URL('../../../core/analysis/analysis.schema.json', import.meta.url);
const committed = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

const analysis: Analysis = {
  schema: 'systola-analysis/3',
  notice: 'Research use only. Not for diagnostic use.',
  software: { name: 'Systola', version: '0.1.0' },
  model: null,
  studies: [
    {
      studyInstanceUid: '1.2.3',
      patientId: '',
      clips: [
        {
          file: 'a.dcm',
          sopInstanceUid: '1.2.3.1',
          fileSha256: null,
          rows: 10,
          columns: 10,
          frames: 1,
          view: { code: 'a4c', source: 'file' },
          recognition: null,
          stage: { name: 'REST', number: 1 },
          timing: { source: 'still', guessed: false, frameTimesMs: [0] },
          calibration: null,
          traces: [
            {
              frame: 0,
              structure: 'lv-cavity',
              points: [
                [1, 2],
                [3, 4],
              ],
              hinges: [
                [1, 2],
                [3, 4],
              ],
              apex: [2, 2],
              source: 'model',
              propagatedFrom: null,
              confidence: 0.9,
            },
          ],
          propagation: { way: 'memory', anchors: [3], from: 0, to: 9, model: 'm', sha256: 'ab' },
          propagations: [
            { structure: 'lv-wall', way: 'memory', anchors: [3], from: 0, to: 9, model: 'm', sha256: 'ab' },
          ],
          marks: [
            {
              kind: 'caliper',
              frame: 0,
              points: [
                [1, 2],
                [3, 4],
              ],
              lengthMm: 2.8,
              name: 'IVSd',
              text: null,
            },
            { kind: 'note', frame: 0, points: [[5, 6]], lengthMm: null, name: null, text: 'thrombus?' },
          ],
          framesWithoutPicture: [],
          beats: [
            {
              edFrame: 0,
              esFrame: 8,
              nextEdFrame: null,
              cycleMs: null,
              edvMl: 120,
              esvMl: 60,
              efPercent: 50,
              included: false,
              excludedBy: 'Ada',
              flags: ['early'],
            },
          ],
          measurements: [],
          spread: [],
          findings: [],
        },
      ],
      measurements: [],
      spread: [{ name: 'EF', method: 'biplane-disks', unit: '%', count: 2, least: 52, greatest: 58 }],
      beatPairs: [{ a4c: 0, a2c: 1 }],
      report: null,
      reported: [
        {
          sopInstanceUid: '1.2.3.9',
          file: 'numbers.dcm',
          title: 'Adult Echocardiography Procedure Report',
          manufacturer: 'Scanners',
          manufacturerModel: null,
          writtenAt: '2026-01-02T10:15:00',
          bySystola: false,
          numbers: [
            {
              name: 'EDV',
              method: null,
              methodMeaning: 'Teichholz',
              view: null,
              mode: 'm-mode',
              state: null,
              value: 120,
              unit: 'mL',
              choice: 'mean',
              of: 3,
              ours: 118,
              difference: -2,
              isOfOneMethod: false,
            },
          ],
        },
      ],
      findings: [],
    },
  ],
  rejected: [],
};

describe('analysis.schema.json', () => {
  it('is what the application uses: write-analysis-schema.ts was run', () => {
    expect(committed).toEqual(JSON.parse(JSON.stringify(analysisJsonSchema())));
  });

  it('takes an analysis and refuses one with a wrong part', () => {
    const validate = new Ajv2020().compile(committed);
    expect(validate(analysis), JSON.stringify(validate.errors)).toBe(true);
    const [study] = analysis.studies;
    const [clip] = study?.clips ?? [];
    for (const wrong of [
      { ...analysis, schema: 'systola-analysis/0' },
      { ...analysis, schema: 'systola-analysis/1' },
      { ...analysis, schema: 'systola-analysis/2' },
      { ...analysis, notice: undefined },
      { ...analysis, studies: [{ ...study, clips: [{ ...clip, stage: { name: 'REST' } }] }] },
      { ...analysis, studies: [{ ...study, clips: [{ ...clip, stage: undefined }] }] },
      { ...analysis, rejected: [{ file: 'a' }] },
      { ...analysis, studies: [{ ...study, clips: [{ ...clip, frames: 1.5 }] }] },
      { ...analysis, studies: [{ ...study, clips: [{ ...clip, view: { code: 'a9c', source: 'file' } }] }] },
      {
        ...analysis,
        studies: [{ ...study, clips: [{ ...clip, traces: [{ ...clip?.traces[0], apex: [1] }] }] }],
      },
    ]) {
      expect(validate(JSON.parse(JSON.stringify(wrong)))).toBe(false);
    }
  });
});
