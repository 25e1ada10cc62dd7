import type { Language } from '../../core/language/language.ts';
import { message, type Message } from '../../core/language/message.ts';
import { signedDifferences } from '../../core/measurement/signed-differences.ts';
import { lastSignature, signaturesOf, type Signature } from '../../core/review/signatures.ts';
import { listed } from '../../core/wording/listed.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, wrapped } from './text-line.ts';
import { momentText } from './wording.ts';

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
    const { state, version } = last;
    const changed = message('report.signature.changed-since', { state, version, ...signer(last, words) });
    return [{ words: words.say(changed), grave: true }];
  }
  const { signed } = decision;
  if (signed === undefined) return [{ words: words.say('report.signature.before-numbers'), grave: false }];
  const said: Said[] = [];
  const differences = signedDifferences(signed, measurements, clips);
  const { version, head: revision, software } = signed;
  const [first, ...others] = differences.slice(0, mostNamed).map(({ what, signed: was, now }) => {
    const none = message('common.not-given');
    return message('report.signature.number', { what, signed: was ?? none, now: now ?? none });
  });
  if (first === undefined) {
    const same = words.say('report.signature.same', { version, revision, software });
    said.push({ words: same, grave: false });
  } else {
    const differ = words.say('report.signature.differ', {
      state: decision.state,
      ...{ version, revision, software },
      numbers: listed([first, ...others]),
      more: differences.length - others.length - 1,
    });
    said.push({ words: differ, grave: true });
  }
  const before = signatures.find(({ revision: of }) => of === signed.replaces);
  if (before !== undefined) {
    const { reason } = decision;
    const replaced = { version, state: before.state, before: before.version, ...signer(before, words) };
    const replaces =
      reason === undefined
        ? message('report.signature.replaces', replaced)
        : message('report.signature.replaces-with-reason', { ...replaced, reason });
    said.push({ words: words.say(replaces), grave: false });
  }
  return said;
}

/** Who signed, and when. */
function signer({ by, at }: Signature, words: Language): { reader: string | Message; moment: Message } {
  return {
    reader: by || message('common.unnamed-reader'),
    moment: momentText(new Date(at), words),
  };
}
