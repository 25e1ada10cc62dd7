import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { readAnalysis } from '../../../core/analysis/read-analysis.ts';
import { applyChanges } from '../../../core/review/apply.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { analysisJson } from '../../../main/export/analysis-json.ts';
import { dicomMeasurements } from '../../../main/export/dicom-measurements.ts';
import { readReport } from '../../fixtures/dicom/read-report.ts';
import { contouredSnapshot } from './contoured-snapshot.ts';

const snapshot = contouredSnapshot();
const written = (text: string, ef = 0): ExportSnapshot => {
  const { document } = snapshot;
  const numbers = snapshot.measurements.measurements.map(
    ({ name, method, view, value, unit, beat }) =>
      ({ name, method, view, value: name === 'EF' && ef > 0 ? ef : value, unit, beat }) as const,
  );
  const change = { slot: 'text', field: 'conclusion', before: null, after: { text, numbers } } as const;
  return { ...snapshot, document: { ...document, review: applyChanges(document.review, [change]) } };
};

const conclusionOf = async (of: ExportSnapshot): Promise<(string | undefined)[]> =>
  readReport(await dicomMeasurements.write(of))
    .root.children.filter(({ name }) => name === 'DCM 121077')
    .map(({ text }) => text);
const analysed = async (of: ExportSnapshot) => {
  const analysis = JSON.parse(Buffer.from(await analysisJson.write(of)).toString()) as Analysis;
  return readAnalysis(analysis).studies[0]!.report!;
};

describe('the conclusion in files for other programs', () => {
  it('is what is proposed, in English and said to be that', async () => {
    const [text, ...others] = await conclusionOf(snapshot);
    expect(others).toEqual([]);
    expect(text).toMatch(/^Ejection fraction \d+ % .*\(proposed by rules from the numbers\)$/);
    const report = await analysed(snapshot);
    expect(report).toMatchObject({ conclusionSource: 'proposed', numbersChanged: false });
    expect(report.conclusion).toMatch(/^Ejection fraction \d+ %/);
  });

  it('is what a person wrote, and whether its numbers are others now', async () => {
    expect(await conclusionOf(written('Gut.\nSonst nichts \\ oder.'))).toEqual([
      'Gut. Sonst nichts oder. (written by the reader)',
    ]);
    expect(await conclusionOf(written('Gut.', 20))).toEqual([
      'Gut. (written by the reader; numbers have changed since it was written)',
    ]);
    expect(await analysed(written('Gut.', 20))).toMatchObject({
      ...{ conclusion: 'Gut.', conclusionSource: 'written', numbersChanged: true },
    });
  });

  it('is none of an analysis from before it was written', async () => {
    const analysis = JSON.parse(Buffer.from(await analysisJson.write(snapshot)).toString()) as {
      studies: Record<string, unknown>[];
    };
    for (const study of analysis.studies) delete study['report'];
    expect(readAnalysis(analysis).studies[0]!.report).toBeNull();
  });
});
