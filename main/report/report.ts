import PDFDocument from 'pdfkit';
import { drawCurve } from './curve-plot.ts';
import { drawFindings } from './findings.ts';
import { drawHeader } from './header.ts';
import { drawBeatTables } from './beat-tables.ts';
import { drawDocumentTables } from './document-tables.ts';
import { drawMarks } from './marks.ts';
import { drawMeasurements } from './measurement-tables.ts';
import { colour, contentWidth, page, rule } from './page-layout.ts';
import { drawFileProblems } from './missing-pictures.ts';
import { drawSignature } from './signature.ts';
import { besidePictures, drawPictures, pictureRowHeight } from './pictures.ts';
import { drawProvenance, provenanceOf } from './provenance.ts';
import { reportedClips, type ReportInput } from './report-input.ts';
import { numberPages, ReportFlow } from './report-flow.ts';
import { drawTableRest } from './table.ts';
import { drawLine, wrapped } from './text-line.ts';

export type { ReportInput } from './report-input.ts';

/**
 * The report of a study as PDF: one A4 page, and further ones where findings or numbers do not fit on it; fonts embedded,
 * in the language of the input, and the same bytes for the same input. The file's own metadata names no patient. A frame that cannot be decoded, or
 * whose file is missing, has its reason in the place of its picture.
 */
export async function writeReportPdf(input: ReportInput): Promise<Uint8Array> {
  const document = new PDFDocument({
    size: [page.width, page.height],
    margin: 0,
    pdfVersion: '1.7',
    // None of the viewer's own fonts: every font used is embedded.
    font: '',
    lang: input.words.tag,
    displayTitle: true,
    bufferPages: true,
    info: {
      Title: input.words.say('report.title'),
      Creator: `Systola ${input.softwareVersion}`,
      Producer: `Systola ${input.softwareVersion}`,
      CreationDate: input.createdAt,
    },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve());
    document.on('error', reject);
  });
  const clips = reportedClips(input);
  let y = drawFileProblems(document, input, drawSignature(document, input, drawHeader(document, input)));
  for (const clip of clips) {
    await drawPictures(document, input, clip, y);
    drawCurve(document, input, clip, besidePictures + 4, y, page.right - besidePictures - 4);
    y += pictureRowHeight;
  }
  if (clips.length === 0) {
    const style = { size: 9, colour: colour.muted } as const;
    for (const line of wrapped(document, input.words.say('report.no-contour'), contentWidth, 2, style)) {
      drawLine(document, line, page.left, y + 14, style);
      y += 12;
    }
    y += 12;
  }
  rule(document, y);
  const made = provenanceOf(document, input, clips);
  const bottom = page.height - 30 - made.height;
  const { end, rest } = drawMeasurements(document, input, clips, y + 2, bottom - 4);
  rule(document, end);
  drawProvenance(document, input, made);
  const flow = new ReportFlow(document, input, end + 2, bottom);
  drawTableRest(document, rest, flow);
  drawFindings(document, input, flow);
  await drawMarks(document, input, flow);
  drawDocumentTables(document, input, flow);
  drawBeatTables(document, input, clips, flow);
  numberPages(document, input);
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}
