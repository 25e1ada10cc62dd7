import { initial } from './001-initial.ts';
import { formats } from './002-formats.ts';
import { snapshots } from './003-snapshots.ts';
import { documents } from './004-documents.ts';
import { results } from './005-results.ts';
import { patients } from './006-patients.ts';
import { care } from './007-care.ts';
import { leaving } from './008-leaving.ts';
import type { Migration } from './migration.ts';

/** Every step in order, without gaps, from an empty database to today's layout. */
export const migrations: readonly Migration[] = [
  initial,
  formats,
  snapshots,
  documents,
  results,
  patients,
  care,
  leaving,
];
