import type { Column } from '../export/research/csv.ts';
import { researchUseNotice } from '../../core/notice.ts';
import type { StudyResult } from './study-result.ts';

/** A study with what is said of it beside the others. */
export interface ListedStudy {
  readonly study: string;
  /** null of a study that a manifest names and that nothing is there of. */
  readonly result: StudyResult | null;
  readonly rows: number;
}

const text = (
  name: string,
  description: string,
  of: (result: StudyResult) => string | null,
): Column<ListedStudy> => ({
  ...{ name, type: 'text', unit: null, description },
  of: ({ result }) => result && of(result),
});

const integer = (
  name: string,
  description: string,
  of: (study: ListedStudy) => number | null,
): Column<ListedStudy> => ({ name, type: 'integer', unit: null, description, of });

const list = (items: readonly string[]): string | null =>
  items.length === 0 ? null : [...new Set(items)].join(';');

/** What came of each study of an archive, those with no row of measurements among them. */
export const studyColumns: readonly Column<ListedStudy>[] = [
  {
    ...{ name: 'study', type: 'text', unit: null },
    description: 'The study as the manifest names it.',
    of: ({ study }) => study,
  },
  text(
    'study_uids',
    'StudyInstanceUID (0020,000D) of its files, with ; between. Not de-identified.',
    ({ studyInstanceUids }) => list(studyInstanceUids),
  ),
  {
    ...{ name: 'state', type: 'text', unit: null },
    description:
      'done; partly: some files or clips failed; failed: nothing came of it; missing: the manifest names it, and it has no result.',
    of: ({ result }) => result?.state ?? 'missing',
  },
  integer('clips', 'Clips that were read.', ({ result }) => result && result.clips),
  integer('failed_clips', 'Those that could not be analysed.', ({ result }) => result && result.failedClips),
  integer(
    'contoured_frames',
    'Frames with a contour of the cavity by the model.',
    ({ result }) => result && result.contouredFrames,
  ),
  integer('rows', 'Rows in the table of measurements.', ({ rows }) => rows),
  text('failures', 'Codes of what failed, with ; between; result.json has the reasons.', ({ failures }) =>
    list(failures.map(({ code }) => code)),
  ),
  text('model', 'Model that ran.', ({ model }) => model && model.name),
  text('model_version', 'Its version.', ({ model }) => model && model.version),
  text('model_sha256', 'SHA-256 of its graph, hexadecimal.', ({ model }) => model && model.sha256),
  text('provider', 'What it ran on.', ({ model }) => model && model.provider),
  text('software', 'What analysed the study.', ({ software }) => `Systola ${software}`),
  {
    ...{ name: 'notice', type: 'text', unit: null },
    description: 'What the values may be used for.',
    of: () => researchUseNotice,
  },
];
