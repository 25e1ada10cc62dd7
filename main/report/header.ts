import { stageName } from '../../core/clip/stage.ts';
import { researchUseNotice } from '../../core/notice.ts';
import type { Decision } from '../../core/review/review.ts';
import { nameGroups } from '../../core/wording/person-name.ts';
import { hanFormOf } from './fonts.ts';
import { colour, contentWidth, page, rule } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine } from './text-line.ts';
import { formatDate, formatInstant, sexLabels } from './wording.ts';

/** Title, patient and study; returns the height at which the next section starts. */
export function drawHeader(document: PDFKit.PDFDocument, input: ReportInput): number {
  const { facts, review } = input.document;
  drawLine(document, 'Left ventricular volumes and ejection fraction', page.left, 44, {
    size: 11,
    weight: 'bold',
  });
  drawLine(document, researchUseNotice, page.right, 44, {
    size: 8.5,
    weight: 'bold',
    align: 'right',
    colour: colour.refusal,
  });
  rule(document, 50);

  const { name } = facts.patient;
  const shown = nameGroups(name);
  const han = hanFormOf(shown.join(' '));
  let x: number = page.left;
  shown.forEach((group, index) => {
    const maxWidth = Math.max(40, page.right - 170 - x);
    const style = index === 0 ? ({ size: 14, weight: 'bold' } as const) : ({ size: 11 } as const);
    x += drawLine(document, group, x, 68, { ...style, han, maxWidth }) + 12;
  });
  if (shown.length === 0) drawLine(document, 'Name not given', page.left, 68, { size: 14, weight: 'bold' });
  drawDecision(document, review.decision);

  const { body } = review;
  const entered = (item: { readonly source: 'file' | 'user' }) =>
    item.source === 'user' ? ' (entered)' : '';
  const issuer = facts.patient.issuerOfPatientId;
  const columns: readonly (readonly (readonly [label: string, value: string])[])[] = [
    [
      [
        'Patient ID',
        (facts.patient.patientId || 'not given') + (issuer === null ? '' : ` (issuer ${issuer})`),
      ],
      ['Date of birth', formatDate(facts.patient.birthDate)],
      ['Sex', sexLabels[body.sex.value] + entered(body.sex)],
    ],
    [
      ['Study date', formatDate(facts.studyDate)],
      ['Accession', facts.accessionNumber ?? 'not given'],
      ['Description', facts.description ?? 'not given'],
      ...stageRows(input),
    ],
    [
      [
        'Height',
        body.heightCm === null
          ? 'not given'
          : `${body.heightCm.value.toFixed(0)} cm${entered(body.heightCm)}`,
      ],
      [
        'Weight',
        body.weightKg === null
          ? 'not given'
          : `${body.weightKg.value.toFixed(1)} kg${entered(body.weightKg)}`,
      ],
      ['Heart rate', heartRate(input)],
    ],
  ];
  const widths = [0.35, 0.42, 0.23].map((share) => share * contentWidth);
  let left: number = page.left;
  columns.forEach((rows, column) => {
    const width = widths[column]!;
    rows.forEach(([label, value], row) => {
      const baseline = 84 + row * 11.5;
      drawLine(document, label, left, baseline, { size: 8, colour: colour.muted });
      drawLine(document, value, left + 52, baseline, { size: 8.5, han, maxWidth: width - 58 });
    });
    left += width;
  });
  const below = 113 + 11.5 * (Math.max(...columns.map((rows) => rows.length)) - 3);
  rule(document, below);
  return below + 6;
}

/** Of the stage that the numbers are of; a study may hold others at other rates. */
function heartRate({ document, measurements }: ReportInput): string {
  const { heartRateBpm } = document.review.body;
  const used = measurements.measurements.find(({ name }) => name === 'HR');
  if (used !== undefined) {
    const how = { entered: ' (entered)', 'frame-times': ' (frame times)' } as const;
    return `${used.value.toFixed(0)} bpm${used.method in how ? how[used.method as keyof typeof how] : ''}`;
  }
  return heartRateBpm === null || measurements.stages.length > 0
    ? 'not given'
    : `${heartRateBpm.value.toFixed(0)} bpm`;
}

/** The stage that the study's numbers are of, where the study has stages. */
function stageRows({ document, measurements, words }: ReportInput): [string, string][] {
  const { stages, stage, pair } = measurements;
  if (stages.length === 0) return [];
  if (stage === null) return [['Stage', pair === null ? 'none chosen' : 'several, combined by the reader']];
  return [
    ['Stage', words.say(stageName(stage)) + (document.review.stage === null ? ' (resting)' : ' (chosen)')],
  ];
}

function drawDecision(document: PDFKit.PDFDocument, decision: Decision): void {
  const state = { pending: 'PENDING', accepted: 'ACCEPTED', rejected: 'REJECTED' }[decision.state];
  const version = decision.state === 'pending' ? 1 : (decision.signed?.version ?? 1);
  const words = version > 1 ? `${state} · VERSION ${version}` : state;
  const tint = { pending: colour.warning, accepted: colour.accepted, rejected: colour.refusal }[
    decision.state
  ];
  drawLine(document, words, page.right, 63, { size: 10.5, weight: 'bold', align: 'right', colour: tint });
  const detail =
    decision.state === 'pending'
      ? 'not yet reviewed'
      : `by ${decision.by || 'unnamed reader'}, ${formatInstant(new Date(decision.at))}`;
  drawLine(document, detail, page.right, 73, {
    size: 7.5,
    align: 'right',
    maxWidth: 165,
    colour: colour.muted,
  });
}
