import { reliability } from '../../core/assessment/reliability.ts';
import type { ShownText } from '../../core/conclusion/report-texts.ts';
import { limitationSentence } from '../../core/conclusion/limitations.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportFlow } from './report-flow.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, wrapped } from './text-line.ts';

const lineHeight = 10;

/**
 * How far the numbers are to be relied on. Where a person wrote the conclusion also what speaks against them, which the
 * proposed one says itself; the findings stand in full behind it.
 */
export function drawSummary(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  conclusion: ShownText,
  flow: ReportFlow,
): void {
  const { words, measurements, document: study } = input;
  const found = reliability(measurements);
  const about = { measured: measurements, sex: study.review.body.sex.value, prior: null };
  const limits = conclusion.isWritten ? limitationSentence(about) : null;
  const state = words.say('report.summary', {
    state: found.state === 'not-usable' ? 'other' : found.state,
    count: found.state === 'check' ? found.count : 0,
  });
  const said = limits === null ? state : `${state} ${words.say(limits)}`;
  const tint = found.state === 'reliable' ? colour.ink : colour.warning;
  const style = { size: 8.5, weight: 'bold', colour: tint } as const;
  for (const line of wrapped(document, said, contentWidth, 5, style)) {
    flow.next(lineHeight);
    drawLine(document, line, page.left, flow.y, style);
    flow.y += lineHeight;
  }
  flow.y += 2;
}
