import PDFDocument from 'pdfkit';
import { reportTexts } from '../../core/conclusion/report-texts.ts';
import { drawCurve } from './curve-plot.ts';
import { drawFindings } from './findings.ts';
import { drawHeader } from './header.ts';
import { drawBeatTables } from './beat-tables.ts';
import { drawDocumentTables } from './document-tables.ts';
import { drawMarks } from './marks.ts';
import { drawConclusion } from './conclusion.ts';
import { drawPlaneNumbers, drawStudyNumbers } from './measurement-tables.ts';
import { colour, contentWidth, page, papers } from './page-layout.ts';
import { drawFileProblems } from './missing-pictures.ts';
import { drawSignature } from './signature.ts';
import { besidePictures, drawPictures, pictureRowHeight } from './pictures.ts';
import { drawProvenance } from './provenance.ts';
import { reportedClips, type ReportedClip, type ReportInput } from './report-input.ts';
import { numberPages, ReportFlow } from './report-flow.ts';
import { drawSignatureLine, signatureHeight } from './signature-line.ts';
import { drawSiteHead } from './site-head.ts';
import { drawSummary } from './summary.ts';
import { drawLine, wrapped } from './text-line.ts';

export type { ReportInput } from './report-input.ts';

/**
 * The report of a study as PDF: on the first page what whoever asked for the study reads, on further ones the findings in
 * full and how the numbers were made. Fonts embedded, in the language of the input, and the same bytes for the same input.
 * The file's own metadata names no patient. A frame that cannot be decoded, or whose file is missing, has its reason in the
 * place of its picture.
 */
export async function writeReportPdf(input: ReportInput): Promise<Uint8Array> {
  const { words, template, settings, measurements, document: study } = input;
  const paper = papers[settings.reportPageSize];
  const document = new PDFDocument({
    size: [paper.width, paper.height],
    margin: 0,
    pdfVersion: '1.7',
    // None of the viewer's own fonts: every font used is embedded.
    font: '',
    lang: words.tag,
    displayTitle: true,
    bufferPages: true,
    autoFirstPage: false,
    info: {
      Title: words.say('report.title'),
      Creator: `Systola ${input.softwareVersion}`,
      Producer: `Systola ${input.softwareVersion}`,
      CreationDate: input.createdAt,
    },
  });
  // The column is laid out for A4, and stands in the middle of other papers.
  document.on('pageAdded', () => document.translate((paper.width - page.width) / 2, 0));
  document.addPage();
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve());
    document.on('error', reject);
  });
  const clips = reportedClips(input);
  const { facts, review } = study;
  const texts = reportTexts({ facts, review, measured: measurements, prior: input.prior }, words);
  const head = drawHeader(document, input, texts, drawSiteHead(document, input));
  const top = drawFileProblems(document, input, drawSignature(document, input, head));
  const flow = new ReportFlow(document, input, top + 4);
  for (const section of template.first) {
    if (section === 'conclusion') drawConclusion(document, input, texts.conclusion, flow);
    else if (section === 'numbers') {
      flow.y += 6;
      drawStudyNumbers(document, input, flow);
    } else await drawClips(document, input, clips, flow);
  }
  flow.y += 6;
  drawSummary(document, input, texts.conclusion, flow);
  drawClosing(document, input, flow);
  drawSignatureLine(document, input, flow);
  flow.turn();
  // Whatever the template leaves out: what the reader marked is the reader's word.
  await drawMarks(document, input, flow);
  for (const section of template.further) {
    if (section === 'findings') drawFindings(document, input, flow);
    else if (section === 'planes') {
      flow.y += 8;
      drawPlaneNumbers(document, input, clips, flow);
    } else if (section === 'beats') drawBeatTables(document, input, clips, flow);
    else if (section === 'documents') drawDocumentTables(document, input, flow);
    else {
      flow.y += 4;
      drawProvenance(document, input, clips, flow);
    }
  }
  numberPages(document, input);
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

/** Kept free for what stands under the pictures: how far the numbers are to be relied on, and the signature. */
const belowClips = 34 + signatureHeight;

/** ED and ES of each clip beside its curve; that there is no contour where there is none. */
async function drawClips(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  clips: readonly ReportedClip[],
  flow: ReportFlow,
): Promise<void> {
  flow.y += 2;
  // Smaller rather than on another page, as far as they can still be read.
  const { most, least } = pictureRowHeight;
  const height = Math.max(least, Math.min(most, (flow.left - belowClips) / Math.max(1, clips.length)));
  for (const clip of clips) {
    flow.next(height);
    const top = flow.y - 8;
    await drawPictures(document, input, clip, top, height);
    drawCurve(document, input, clip, besidePictures + 4, top, page.right - besidePictures - 4);
    flow.y += height;
  }
  if (clips.length > 0) return;
  const style = { size: 9, colour: colour.muted } as const;
  for (const line of wrapped(document, input.words.say('report.no-contour'), contentWidth, 2, style)) {
    flow.next(12);
    drawLine(document, line, page.left, flow.y, style);
    flow.y += 12;
  }
}

/** What the house says above the signature. */
function drawClosing(document: PDFKit.PDFDocument, { template }: ReportInput, flow: ReportFlow): void {
  for (const text of template.closing ?? []) {
    flow.next(10);
    drawLine(document, text, page.left, flow.y, { size: 8, leastSize: 6, maxWidth: contentWidth });
    flow.y += 10;
  }
}
