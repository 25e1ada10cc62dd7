import { restedOn } from '../../core/assessment/rested-on.ts';
import type { FindingSeverity } from '../../core/finding/finding.ts';
import { shortWords } from '../../core/finding/short-words.ts';
import { byWeight, type PlacedFinding, type RestedOn } from '../../core/finding/weight.ts';
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

interface Listed extends PlacedFinding {
  /** At a glance, as on screen. */
  readonly short: string;
  /** What it means; empty where that is not printed. */
  readonly message: string;
  /** What it is about: the study, or clips by view and number. */
  readonly about: string;
}

/**
 * The findings of the study and of the clips that its numbers rest on, in the order of the window, none left out; then
 * apart, in short, what was found in clips that the numbers do not rest on. Goes on over as many pages as it takes.
 */
export function drawFindings(document: PDFKit.PDFDocument, input: ReportInput, flow: ReportFlow): void {
  const { words, measurements } = input;
  const { used } = measurements;
  const rested = restedOn(measurements);
  const ofStudy = measurements.findings.map((finding) => ({
    ...{ finding, clips: [], short: words.say(shortWords(finding)) },
    message: words.say(finding.message),
    about: words.say('report.findings.study'),
  }));
  const here = grouped([...ofStudy, ...ofClips(input, (uid) => used.includes(uid))], rested);
  drawList(document, words, words.say('report.findings', { count: here.length }), here, flow);
  const unused = ofClips(input, (uid) => !used.includes(uid)).map((one) => ({ ...one, message: '' }));
  const elsewhere = grouped(unused, rested);
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
  for (const { finding, short, message, about } of listed) {
    const style = { size: 8 } as const;
    const glance = wrapped(document, short, contentWidth - indent, 2, style);
    const meaning = message === '' ? [] : wrapped(document, message, contentWidth - indent, 12, style);
    const lines = [...glance, ...meaning];
    const names = wrapped(document, about, aboutWidth - 4, 12, style);
    const height = Math.max(lines.length, names.length) * lineHeight;
    flow.next(height);
    drawLine(document, words.say(`report.findings.${finding.severity}`), page.left, flow.y, {
      ...severityStyle,
      maxWidth: severityWidth - 4,
      colour: severityColours[finding.severity],
    });
    names.forEach((line, index) =>
      drawLine(document, line, page.left + severityWidth, flow.y + index * lineHeight, {
        ...style,
        colour: colour.muted,
      }),
    );
    lines.forEach((line, index) =>
      drawLine(document, line, page.left + indent, flow.y + index * lineHeight, {
        ...style,
        ...(index < glance.length ? {} : { colour: colour.muted }),
      }),
    );
    flow.y += height;
  }
}

function ofClips({ document, measurements, words }: ReportInput, wanted: (uid: string) => boolean): Listed[] {
  return document.clips.flatMap((facts) => {
    if (!wanted(facts.sopInstanceUid)) return [];
    const view = clipViewText(
      measurements.clips[facts.sopInstanceUid]?.view ?? { code: 'unknown', source: 'none' },
    );
    const number = facts.instanceNumber;
    const about = words.say(number === null ? view : message('report.clip.numbered', { view, number }));
    const found = measurements.clips[facts.sopInstanceUid]?.findings ?? [];
    return found.map((finding) => ({
      finding,
      clips: [facts.sopInstanceUid],
      short: words.say(shortWords(finding)),
      message: words.say(finding.message),
      about,
    }));
  });
}

/** By what they may do to EF; the same words about several clips stand once, with all of them named. */
function grouped(listed: readonly Listed[], rested: RestedOn): Listed[] {
  const groups = new Map<string, Listed & { about: string }>();
  for (const one of listed) {
    const key = `${one.finding.code} ${one.finding.severity} ${one.short} ${one.message}`;
    const group = groups.get(key);
    if (!group) groups.set(key, { ...one });
    else if (!group.about.split(', ').includes(one.about)) group.about += `, ${one.about}`;
  }
  return [...groups.values()].toSorted(byWeight(rested));
}
