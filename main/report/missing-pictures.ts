import { SystolaError } from '../../core/error.ts';
import type { FramePixels } from '../../core/clip/clip.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, wrapped } from './text-line.ts';

const lineHeight = 10;
const mostLines = 3;

/** Pixels of a frame, or why there is no picture of it; a defect is thrown on. */
export async function pictureOf(
  input: ReportInput,
  sopInstanceUid: string,
  frame: number,
): Promise<FramePixels | SystolaError> {
  try {
    return await input.frame(sopInstanceUid, frame);
  } catch (error) {
    if (error instanceof SystolaError && error.code !== 'cancelled') return error;
    throw error;
  }
}

/** Stands where a picture would: that it is missing, and why. */
export function drawMissingPicture(
  document: PDFKit.PDFDocument,
  { words }: ReportInput,
  problem: SystolaError,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): void {
  const { left, top, width, height } = box;
  document.rect(left, top, width, height).lineWidth(0.5).strokeColor(colour.refusal).stroke();
  drawLine(document, words.say('report.picture.missing'), left + 8, top + 16, {
    size: 9,
    leastSize: 7,
    maxWidth: width - 16,
    weight: 'bold',
    colour: colour.refusal,
  });
  const why = words.say('report.picture.why', { file: problem.file ?? '', reason: problem.message });
  const lines = wrapped(document, why, width - 16, 9, { size: 7.5 });
  for (const [index, line] of lines.entries())
    drawLine(document, line, left + 8, top + 29 + index * 9.5, { size: 7.5 });
}

/**
 * Names the clips whose stored file is missing or is not what was imported, whether they are on the page or not.
 * Returns where the page goes on.
 */
export function drawFileProblems(
  document: PDFKit.PDFDocument,
  { files, words }: ReportInput,
  top: number,
): number {
  const names = [...files.values()].filter(({ sound }) => !sound).map(({ fileName }) => fileName);
  if (names.length === 0) return top;
  const missing = words.say('report.files-missing', { count: names.length, files: names.join(', ') });
  const style = { size: 8, weight: 'bold', colour: colour.refusal } as const;
  const lines = wrapped(document, missing, contentWidth, mostLines, style);
  for (const [index, line] of lines.entries()) {
    drawLine(document, line, page.left, top + 8 + index * lineHeight, style);
  }
  return top + lines.length * lineHeight + 4;
}
