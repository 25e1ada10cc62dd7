import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEntry } from '../../../core/review/history-entry.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { plainDisplay } from '../../../main/dicom/grey-display.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import type { ReportInput } from '../../../main/report/report.ts';
import { phantomClip } from '../../fixtures/phantom/phantom.ts';
import { reportInput } from './phantom-document.ts';

const folder = join(import.meta.dirname, '../../../assets/sample-study');
const views = ['a4c', 'a2c'] as const;

/** A revision of this moment, as far as exports look at it. */
const revisionAt = (at: string): HistoryEntry => ({
  ...{ id: 12, at, author: 'Dr. Reader', kind: 'edit', label: 'drew', target: null },
  ...{ slots: [], clips: [] },
});

/** What an exporter is given, from what a report is. */
export const snapshotOf = (input: ReportInput, at = '2026-02-03T04:05:06.789Z'): ExportSnapshot => ({
  ...input,
  document: { ...input.document, history: [revisionAt(at)] },
  files: () => Promise.resolve(input.files),
  arrangement: () => Promise.resolve({ template: input.template, logo: input.logo }),
  withPatient: false,
  deidentified: null,
  earlier: () => [],
  greyDisplay: () => Promise.resolve(plainDisplay),
  clip: () => Promise.resolve(null),
  original: () => Promise.reject(new Error('There is no library behind it.')),
});

/** The bundled sample study as its files are read, with the phantom's true contours as a model's traces. */
export function sampleSnapshot(): ExportSnapshot {
  const instances = views.map((view) =>
    readInstance(readFileSync(join(folder, `${view}.dcm`)), `${view}.dcm`),
  );
  const pair = views.map((view) =>
    phantomClip({ view, ejectionFraction: 55, edvMl: 120, seed: 7, frames: 66, frameRate: 30 }),
  );
  return snapshotOf(
    reportInput(pair, {
      facts: instances[0]!.study,
      changeClip: ({ view }) => instances[view.code === 'a4c' ? 0 : 1]!.clip,
    }),
  );
}
