import { type Age, ageAtStudy } from '../../core/body/age.ts';
import { stageName } from '../../core/clip/stage.ts';
import type { ReportTexts } from '../../core/conclusion/report-texts.ts';
import type { Language } from '../../core/language/language.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { Decision } from '../../core/review/review.ts';
import { nameGroups } from '../../core/wording/person-name.ts';
import { hanFormOf } from './fonts.ts';
import { drawNotice } from './notice.ts';
import { colour, contentWidth, page, rule } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, lineWidth, wrapped } from './text-line.ts';
import { dayText, momentText } from './wording.ts';

/** Of the widest label of a column at most this share of it is kept free, at least the room of English ones. */
const mostOfColumn = 0.55;
const leastLabelWidth = 52;
const decisionWidth = 165;

/** A line of the header: what it is, and the value as words. */
type Row = readonly [label: Message, value: string];

/** Title, patient, study and request; returns the height at which the next section starts. */
export function drawHeader(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  texts: ReportTexts,
  top: number,
): number {
  const { words, template } = input;
  const down = top - 30;
  const { facts, review } = input.document;
  const noticeWidth = drawNotice(document, input, page.right, 44 + down, {
    size: 8.5,
    align: 'right',
    maxWidth: contentWidth * 0.45,
  });
  drawLine(document, template.title ?? words.say('report.title'), page.left, 44 + down, {
    size: 11,
    leastSize: 7,
    weight: 'bold',
    maxWidth: contentWidth - noticeWidth - 12,
  });
  let y = 50 + down;
  for (const line of template.opening ?? []) {
    drawLine(document, line, page.left, y + 6, { size: 8, colour: colour.muted, maxWidth: contentWidth });
    y += 10;
  }
  rule(document, y);

  const { name } = facts.patient;
  const shown = nameGroups(name);
  const han = hanFormOf(shown.join(' '));
  let x: number = page.left;
  shown.forEach((group, index) => {
    const maxWidth = Math.max(40, page.right - decisionWidth - 5 - x);
    const style = index === 0 ? ({ size: 14, weight: 'bold' } as const) : ({ size: 11 } as const);
    x += drawLine(document, group, x, y + 18, { ...style, han, maxWidth }) + 12;
  });
  if (shown.length === 0) {
    const maxWidth = contentWidth - decisionWidth - 5;
    const style = { size: 14, leastSize: 9, weight: 'bold', maxWidth } as const;
    drawLine(document, words.say('report.name-not-given'), page.left, y + 18, style);
  }
  drawDecision(document, review.decision, words, y);

  const columns = columnsOf(input, texts);
  const widths = [0.35, 0.42, 0.23].map((share) => share * contentWidth);
  let left: number = page.left;
  columns.forEach((rows, column) => {
    const width = widths[column]!;
    const labelStyle = { size: 8, leastSize: 6, colour: colour.muted } as const;
    const labels = rows.map(([label]) => words.say(label));
    const widest = Math.max(...labels.map((label) => lineWidth(document, label, labelStyle)));
    const indent = Math.max(leastLabelWidth, Math.min(widest + 4, width * mostOfColumn));
    rows.forEach(([, value], row) => {
      const baseline = y + 34 + row * 11.5;
      drawLine(document, labels[row]!, left, baseline, { ...labelStyle, maxWidth: indent - 3 });
      const room = { leastSize: 7, maxWidth: width - indent - 6 } as const;
      drawLine(document, value, left + indent, baseline, { size: 8.5, han, ...room });
    });
    left += width;
  });
  const below = y + 34 + 11.5 * Math.max(...columns.map((rows) => rows.length));
  const end = drawRequest(document, words, texts, below);
  rule(document, end - 5);
  return end + 1;
}

const requestFields = ['indication', 'referrer', 'quality'] as const;
/** Of one of them. */
const mostRequestLines = 4;

/** Why and for whom, and how good the pictures are: in as many lines as it takes. */
function drawRequest(document: PDFKit.PDFDocument, words: Language, texts: ReportTexts, top: number): number {
  const labelStyle = { size: 8, leastSize: 6, colour: colour.muted } as const;
  const labels = requestFields.map((field) => words.say(`report.field.${field}`));
  const widest = Math.max(...labels.map((label) => lineWidth(document, label, labelStyle)));
  const indent = Math.max(leastLabelWidth, Math.min(widest + 6, 120));
  let y = top;
  requestFields.forEach((field, index) => {
    const text = texts[field].text.trim() || words.say('common.not-given');
    drawLine(document, labels[index]!, page.left, y, { ...labelStyle, maxWidth: indent - 3 });
    const joined = text.replaceAll(/\s*\n\s*/g, ' · ');
    for (const line of wrapped(document, joined, contentWidth - indent, mostRequestLines, { size: 8.5 })) {
      drawLine(document, line, page.left + indent, y, { size: 8.5 });
      y += 11;
    }
  });
  return y;
}

/** Who it is, what was examined, and the body. */
function columnsOf(input: ReportInput, texts: ReportTexts): readonly (readonly Row[])[] {
  const { words } = input;
  const { facts, review } = input.document;
  const { body } = review;
  const notGiven = words.say('common.not-given');
  const source = (item: { readonly source: string }) => (item.source === 'user' ? 'user' : 'other');
  const { patientId, issuerOfPatientId: issuer } = facts.patient;
  const id = patientId || notGiven;
  const { heightCm, weightKg, sex } = body;
  return [
    [
      [
        message('report.header.patient-id'),
        issuer === null ? id : words.say('report.patient-id.with-issuer', { id, issuer }),
      ],
      [message('report.header.birth-date'), dayText(facts.patient.birthDate, words)],
      [message('report.header.age'), ageWords(facts, words)],
      [message('report.header.sex'), words.say('report.sex', { sex: sex.value, source: source(sex) })],
    ],
    [
      [message('report.header.study-date'), dayText(facts.studyDate, words)],
      [message('report.header.accession'), facts.accessionNumber ?? notGiven],
      [message('report.header.description'), facts.description ?? notGiven],
      ...stageRows(input),
    ],
    [
      [
        message('report.header.height'),
        heightCm === null
          ? notGiven
          : words.say('report.height', { cm: heightCm.value, source: source(heightCm) }),
      ],
      [
        message('report.header.weight'),
        weightKg === null
          ? notGiven
          : words.say('report.weight', { kg: weightKg.value, source: source(weightKg) }),
      ],
      [message('report.header.heart-rate'), words.say(heartRate(input))],
      [message('report.header.rhythm'), texts.rhythm.text.trim() || notGiven],
    ],
  ];
}

function ageWords(facts: ReportInput['document']['facts'], words: Language): string {
  const age = ageAtStudy(facts);
  return age === null
    ? words.say('common.not-given')
    : words.say('report.age', { value: age.value, unit: unitOf(age) });
}

const unitOf = ({ unit }: Age): 'months' | 'days' | 'other' => (unit === 'years' ? 'other' : unit);

/** Of the stage that the numbers are of; a study may hold others at other rates. */
function heartRate({ document, measurements }: ReportInput): Message {
  const { heartRateBpm } = document.review.body;
  const used = measurements.measurements.find(({ name }) => name === 'HR');
  if (used !== undefined) {
    const source = used.method === 'entered' ? 'entered' : used.method === 'frame-times' ? 'times' : 'other';
    return message('report.heart-rate', { bpm: used.value, source });
  }
  return heartRateBpm === null || measurements.stages.length > 0
    ? message('common.not-given')
    : message('report.heart-rate', { bpm: heartRateBpm.value, source: 'other' });
}

/** The stage that the study's numbers are of, where the study has stages. */
function stageRows({ document, measurements, words }: ReportInput): Row[] {
  const { stages, stage, pair } = measurements;
  if (stages.length === 0) return [];
  const label = message('report.header.stage');
  if (stage === null) {
    return [[label, words.say(pair === null ? 'report.stage.none-chosen' : 'report.stage.several')]];
  }
  const how = document.review.stage === null ? 'report.stage.resting' : 'report.stage.chosen';
  return [[label, words.say(how, { stage: stageName(stage) })]];
}

function drawDecision(document: PDFKit.PDFDocument, decision: Decision, words: Language, y: number): void {
  const { state } = decision;
  const version = state === 'pending' ? 1 : (decision.signed?.version ?? 1);
  const tint = { pending: colour.warning, accepted: colour.accepted, rejected: colour.refusal }[state];
  const place = { align: 'right', maxWidth: decisionWidth } as const;
  const stated = words.say('report.decision', { state, version });
  drawLine(document, stated, page.right, y + 13, {
    ...{ size: 10.5, leastSize: 7, weight: 'bold', colour: tint },
    ...place,
  });
  const detail =
    decision.state === 'pending'
      ? message('report.decision.none')
      : message('report.decision.by', {
          reader: decision.by || message('report.reader-unnamed'),
          moment: momentText(new Date(decision.at), words),
        });
  const style = { size: 7.5, leastSize: 6, colour: colour.muted } as const;
  drawLine(document, words.say(detail), page.right, y + 23, { ...style, ...place });
}
