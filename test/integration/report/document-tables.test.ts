import { describe, expect, it } from 'vitest';
import type { DocumentFacts } from '../../../core/document/document-facts.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readReport } from '../../../main/dicom/structured-report/report.ts';
import { dicomMeasurements } from '../../../main/export/dicom-measurements.ts';
import { writeReportPdf } from '../../../main/report/report.ts';
import { buildReport } from '../../fixtures/dicom/build-report.ts';
import { scannerReport } from '../../fixtures/dicom/scanner-report.ts';
import { pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { sampleSnapshot } from './sample-snapshot.ts';

const snapshot = sampleSnapshot();
const read = (bytes: Uint8Array): DocumentFacts =>
  readReport(new MemorySource(bytes), 'numbers.dcm').document;

async function textWith(documents: readonly DocumentFacts[]): Promise<string> {
  const document = { ...snapshot.document, documents };
  return pdfText(
    await writeReportPdf({
      ...snapshot,
      ...(await snapshot.arrangement()),
      document,
      files: await snapshot.files(),
    }),
  );
}

describe.runIf(readsPdf)('the printed report', () => {
  it('has what the scanner measured beside ours, with the difference and the method', async () => {
    const text = await textWith([read(buildReport(scannerReport('srt')))]);
    expect(text).toContain('Measured on the scanner: Scanners Model T, 2 Jan 2026');
    expect(text).toMatch(/there\s+here\s+difference\s+Method/);
    const ours = snapshot.measurements.measurements.find(({ name }) => name === 'EDV')!.value;
    const difference = Math.round(ours - 120);
    const sign = difference === 0 ? '±0' : `${difference > 0 ? '\\+' : '−'}${Math.abs(difference)}`;
    expect(text).toMatch(
      new RegExp(
        `EDV\\s+120 mL\\s+${ours.toFixed(0)} mL\\s+${sign}\\s+biplane disks, A4C \\+ A2C, mean of 3`,
      ),
    );
    expect(text).toMatch(/EDV\s+140 mL\s+\d+ mL\s+−\d+\s+Teichholz, M-mode/);
    expect(text).toMatch(/LAV max\s+61 mL\s+–\s+–/);
  });

  it('does not repeat what a Systola wrote', async () => {
    const own = read(await dicomMeasurements.write(snapshot));
    expect(own.numbers.length).toBeGreaterThan(10);
    const text = await textWith([own]);
    expect(text).not.toContain('Measured on the scanner');
    expect(text).not.toContain('In a report of Systola');
  });
});
