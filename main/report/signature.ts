import { message } from '../../core/language/message.ts';
import { signedDifferences } from '../../core/measurement/signed-differences.ts';
import { lastSignature, signaturesOf, type Signature } from '../../core/review/signatures.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, wrapped } from './text-line.ts';
import { formatInstant } from './wording.ts';

const lineHeight = 9.6;
/** Numbers that differ are named up to here; the findings and the library's signed versions have the others. */
const mostNamed = 8;
const mostLines = 4;

interface Said {
  readonly words: string;
  readonly grave: boolean;
}

/** What is printed and what was signed, under the patient's data; returns where the page goes on. */
export function drawSignature(document: PDFKit.PDFDocument, input: ReportInput, top: number): number {
  let y = top;
  for (const { words, grave } of saidOf(input)) {
    const style = grave
      ? ({ size: 8, weight: 'bold', colour: colour.refusal } as const)
      : ({ size: 8, colour: colour.muted } as const);
    for (const line of wrapped(document, words, contentWidth, mostLines, style)) {
      drawLine(document, line, page.left, y + 8, style);
      y += lineHeight;
    }
  }
  return y === top ? top : y + 3;
}

function saidOf({ document, measurements, words }: ReportInput): Said[] {
  const { review, clips } = document;
  const signatures = signaturesOf(document.history);
  const { decision } = review;
  if (decision.state === 'pending') {
    const last = lastSignature(signatures);
    if (last === null) return [];
    return [{ words: `Not signed as it is now. It was ${told(last)}, and changed since.`, grave: true }];
  }
  const { signed } = decision;
  if (signed === undefined) {
    return [
      {
        words:
          'Signed before numbers were kept with signatures: the numbers printed are those of now, and whether they are those that were signed is not known.',
        grave: false,
      },
    ];
  }
  const said: Said[] = [];
  const differences = signedDifferences(signed, measurements, clips);
  const version = `version ${signed.version}, of revision ${signed.head}, Systola ${signed.software}`;
  if (differences.length === 0) {
    said.push({ words: `The numbers printed are those that were signed (${version}).`, grave: false });
  } else {
    const none = message('common.not-given');
    const named = differences
      .slice(0, mostNamed)
      .map(
        ({ what, signed: was, now }) =>
          `${words.say(what)} ${words.say(was ?? none)} (now ${words.say(now ?? none)})`,
      );
    const others = differences.length - named.length;
    said.push({
      words: `The numbers printed are those of now. ${decision.state === 'accepted' ? 'Accepted' : 'Rejected'} were others (${version}): ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}.`,
      grave: true,
    });
  }
  const before = signatures.find(({ revision }) => revision === signed.replaces);
  if (before !== undefined) {
    const reason = decision.reason === undefined ? '' : ` Reason: ${decision.reason}`;
    said.push({
      words: `Version ${signed.version} replaces the one ${told(before)}.${reason}`,
      grave: false,
    });
  }
  return said;
}

function told({ state, version, by, at }: Signature): string {
  return `${state} as version ${version} by ${by || 'an unnamed reader'} on ${formatInstant(new Date(at))}`;
}
