import type { SessionInfo } from '../../core/api/requests.ts';
import type { ExportIdentity } from '../../core/export/identity.ts';
import type { Settings } from '../../core/settings/settings.ts';

const formatsKey = 'export.formats';
const identityKey = 'export.identity';

/** Ids of the formats that were chosen last, as far as they are there; before that the report and the default objects. */
export function chosenFormats(
  { exportFormats }: Pick<SessionInfo, 'exportFormats'>,
  { layout }: Pick<Settings, 'layout'>,
): string[] {
  const kept = layout[formatsKey];
  const ids = typeof kept === 'string' ? kept.split(',') : null;
  return exportFormats
    .filter(({ id, isDefaultObject }, index) =>
      ids === null ? index === 0 || isDefaultObject : ids.includes(id),
    )
    .map(({ id }) => id);
}

/** The tick of before, of names of files and tables, unless a preset of de-identification was chosen since. */
export function chosenIdentity(
  { exportIdentities }: Pick<SessionInfo, 'exportIdentities'>,
  { layout, patientInFileNames }: Pick<Settings, 'layout' | 'patientInFileNames'>,
): ExportIdentity {
  const kept = exportIdentities.find((identity) => identity === layout[identityKey]);
  if (kept !== undefined && kept !== 'named' && kept !== 'unnamed') return kept;
  return patientInFileNames ? 'named' : 'unnamed';
}

/** What is remembered of a choice, as entries of the layout. */
export const rememberedFormats = (ids: readonly string[]): readonly [string, string] => [
  formatsKey,
  ids.join(','),
];
export const rememberedIdentity = (identity: ExportIdentity): readonly [string, string] => [
  identityKey,
  identity,
];
