import { restedOn } from '../../core/assessment/rested-on.ts';
import type { FindingSeverity } from '../../core/finding/finding.ts';
import { gathered } from '../../core/finding/gathered.ts';
import { shortWords } from '../../core/finding/short-words.ts';
import { byWeight, type PlacedFinding } from '../../core/finding/weight.ts';
import type { Language } from '../../core/language/language.ts';
import { message } from '../../core/language/message.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import type { ReportFlow } from './report-flow.ts';
import { drawLine, lineWidth, wrapped } from './text-line.ts';
import { clipViewText } from './wording.ts';

const lineHeight = 9.6;
const aboutWidth = 66;
/** Room for the names of severities, as English ones need it and at most. */
const severityWidths = { least: 44, most: 84 } as const;
const severityStyle = { size: 8, leastSize: 6, weight: 'bold' } as const;
const severities = ['refusal', 'warning', 'information'] as const satisfies readonly FindingSeverity[];
const severityColours: Readonly<Record<FindingSeverity, string>> = {
  refusal: colour.refusal,
  warning: colour.warning,
  information: colour.muted,
};

interface Listed {
  readonly severity: FindingSeverity;
  /** At a glance, as on screen, and what it means; a paragraph for each sentence. */
  readonly paragraphs: readonly string[];
  /** What it is about: the study, or clips by view and number. */
  readonly about: readonly string[];
}

/**
 * The findings of the study and of the clips that its numbers rest on, in the order of the window, none left out; then
 * apart, in short, what was found in clips that the numbers do not rest on. Goes on over as many pages as it takes.
 */
export function drawFindings(document: PDFKit.PDFDocument, input: ReportInput, flow: ReportFlow): void {
  const { words, measurements } = input;
  const { used } = measurements;
  const ofStudy = measurements.findings.map((finding) => ({ finding, clips: [] }));
  const here = listed(input, [...ofStudy, ...ofClips(input, (uid) => used.includes(uid))]);
  drawList(document, words, words.say('report.findings', { count: here.length }), here, flow);
  const elsewhere = inShort(
    input,
    ofClips(input, (uid) => !used.includes(uid)),
  );
  if (elsewhere.length > 0) {
    const title = words.say('report.findings.elsewhere', { count: elsewhere.length });
    drawList(document, words, title, elsewhere, flow);
  }
}

function drawList(
  document: PDFKit.PDFDocument,
  words: Language,
  title: string,
  listed: readonly Listed[],
  flow: ReportFlow,
): void {
  // A title stands with the first line under it.
  flow.next(11 + lineHeight);
  drawLine(document, title, page.left, flow.y + 8, {
    ...{ size: 8.5, leastSize: 7, weight: 'bold', maxWidth: contentWidth },
  });
  flow.y += 19;
  if (listed.length === 0) {
    drawLine(document, words.say('report.findings.none'), page.left, flow.y, { size: 8 });
    flow.y += lineHeight;
    return;
  }
  const labels = severities.map((severity) => words.say(`report.findings.${severity}`));
  const widest = Math.max(...labels.map((label) => lineWidth(document, label, severityStyle)));
  const severityWidth = Math.min(severityWidths.most, Math.max(severityWidths.least, widest + 5));
  const indent = severityWidth + aboutWidth;
  for (const { severity, paragraphs, about } of listed) {
    paragraphs.forEach((paragraph, index) => {
      const style = { size: 8 } as const;
      const lines = wrapped(document, paragraph, contentWidth - indent, 12, style);
      const names = index > 0 ? [] : wrapped(document, about.join(', '), aboutWidth - 4, 12, style);
      const height = Math.max(lines.length, names.length) * lineHeight;
      flow.next(height);
      if (index === 0)
        drawLine(document, words.say(`report.findings.${severity}`), page.left, flow.y, {
          ...severityStyle,
          maxWidth: severityWidth - 4,
          colour: severityColours[severity],
        });
      names.forEach((line, at) =>
        drawLine(document, line, page.left + severityWidth, flow.y + at * lineHeight, {
          ...style,
          colour: colour.muted,
        }),
      );
      lines.forEach((line, at) =>
        drawLine(document, line, page.left + indent, flow.y + at * lineHeight, style),
      );
      flow.y += height;
    });
  }
}

function ofClips({ document, measurements }: ReportInput, wanted: (uid: string) => boolean): PlacedFinding[] {
  return document.clips.flatMap(({ sopInstanceUid: uid }) =>
    wanted(uid)
      ? (measurements.clips[uid]?.findings ?? []).map((finding) => ({ finding, clips: [uid] }))
      : [],
  );
}

/** By what they may do to EF; of one kind and the same clips one, of several clips with all of them named. */
function listed(input: ReportInput, placed: readonly PlacedFinding[], whole = true): Listed[] {
  const { words, measurements } = input;
  const lines = gathered(placed).toSorted(byWeight(restedOn(measurements)));
  return lines.map(({ finding, clips, messages }) => {
    const [first, ...others] = messages.map((text) => words.say(text));
    const short = words.say(shortWords(finding));
    return {
      severity: finding.severity,
      paragraphs:
        whole && first !== undefined
          ? [words.say('report.findings.line', { short, meaning: first }), ...others]
          : [short],
      about:
        clips.length === 0
          ? [words.say('report.findings.study')]
          : [...new Set(clips.map((uid) => clipName(input, uid)))],
    };
  });
}

/** The same at a glance only: one line of a kind, whichever clips it is about. */
function inShort(input: ReportInput, placed: readonly PlacedFinding[]): Listed[] {
  const kinds = new Map<string, Listed>();
  for (const line of listed(input, placed, false)) {
    const key = `${line.severity} ${line.paragraphs.join()}`;
    const before = kinds.get(key);
    kinds.set(
      key,
      before === undefined ? line : { ...line, about: [...new Set([...before.about, ...line.about])] },
    );
  }
  return [...kinds.values()];
}

function clipName({ document, measurements, words }: ReportInput, uid: string): string {
  const view = clipViewText(measurements.clips[uid]?.view ?? { code: 'unknown', source: 'none' });
  const number = document.clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.instanceNumber ?? null;
  return words.say(number === null ? view : message('report.clip.numbered', { view, number }));
}
