import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { signedResult } from '../../../core/assessment/signed-result.ts';
import type { HistoryEntry } from '../../../core/review/history-entry.ts';
import type { Decision } from '../../../core/review/review.ts';
import type { Signature } from '../../../core/review/signatures.ts';
import type { Settings } from '../../../core/settings/settings.ts';
import { writeReportPdf, type ReportInput } from '../../../main/report/report.ts';
import { pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { phantomPair, reportInput } from './phantom-document.ts';

const input = reportInput(phantomPair(), { facts: { heightCm: 180, weightKg: 110 } });

const signature = (version: number, changes: Partial<Signature> = {}): Signature => ({
  version,
  revision: 10 * version,
  state: 'accepted',
  at: `2025-01-0${version}T08:00:00.000Z`,
  by: 'Dr. Reader',
  reason: null,
  replaces: null,
  hasNumbers: true,
  undone: false,
  ...changes,
});

/** The revision by which it was signed. */
const entryFor = ({ revision, undone: _, ...signature }: Signature): HistoryEntry => ({
  ...{ id: revision, at: signature.at, author: signature.by, kind: 'edit', label: 'accepted', target: null },
  ...{ slots: ['decision'], clips: [], signature },
});

/** The report's input as it is when these were signed, the last of them in force with its numbers. */
function signed(signatures: readonly Signature[], settings: Partial<Settings> = {}): ReportInput {
  const last = signatures.at(-1)!;
  const { state, at, by, reason, version, replaces } = last;
  const { document } = input;
  const context = { version, replaces, head: 12, software: '0.1.0' };
  const decision: Decision = {
    state,
    at,
    by,
    ...(reason === null ? {} : { reason }),
    ...(last.hasNumbers
      ? { signed: signedResult(context, document.review, input.measurements, input.settings) }
      : {}),
  };
  const review = { ...document.review, decision };
  const now = { ...input.settings, ...settings };
  return {
    ...input,
    settings: now,
    measurements: measureStudy(document.facts, document.clips, review, now),
    document: { ...document, review, history: signatures.map(entryFor) },
  };
}

describe.runIf(readsPdf)('the report of a signed study', () => {
  it('says that the numbers printed are those that were signed', async () => {
    const text = await textOf(signed([signature(1)]));
    expect(text).toContain('ACCEPTED');
    expect(text).not.toContain('VERSION');
    expect(text).toContain(
      'The numbers printed are those that were signed (version 1, of revision 12, Systola 0.1.0).',
    );
  });

  it('names those that are others now, with what was signed', async () => {
    const text = await textOf(signed([signature(1)], { bsaFormula: 'mosteller' }));
    expect(text).toContain('The numbers printed are those of now. Accepted were others (version 1');
    expect(text).toMatch(/BSA 2\.29 m² \(Du Bois\) \(now 2\.35 m² \(Mosteller\)\)/);
    expect(text).toContain('Numbers are others now than those that Dr. Reader accepted');
  });

  it('names the version that it replaces, and why', async () => {
    const again = signature(2, { replaces: 10, reason: 'The lateral wall was drawn too narrow' });
    const text = await textOf(signed([signature(1), again]));
    expect(text).toContain('ACCEPTED · VERSION 2');
    expect(text).toContain(
      'Version 2 replaces the one accepted as version 1 by Dr. Reader on 1 Jan 2025, 08:00 UTC. Reason: The lateral wall was drawn too narrow',
    );
  });

  it('says of a study that was changed since that it is not signed as it is now', async () => {
    const { document } = input;
    const text = await textOf({ ...input, document: { ...document, history: [entryFor(signature(1))] } });
    expect(text).toContain('PENDING');
    expect(text).toContain('Not signed as it is now. It was accepted as version 1 by Dr. Reader');
  });

  it('says of one that was signed before numbers were kept that it is not known', async () => {
    const text = await textOf(signed([signature(1, { hasNumbers: false })]));
    expect(text).toContain('Signed before numbers were kept');
  });
});

async function textOf(from: ReportInput): Promise<string> {
  return pdfText(await writeReportPdf(from)).replace(/\s+/g, ' ');
}
