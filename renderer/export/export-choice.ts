import type { SessionInfo } from '../../core/api/requests.ts';
import type { OfferedFormat } from '../../core/export/export-format.ts';
import type { ExportIdentity } from '../../core/export/identity.ts';
import type { Settings } from '../../core/settings/settings.ts';

const formatsKey = 'export.formats';
const identityKey = 'export.identity';
const nodeKey = 'export.node';

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

/** What is asked for: all default objects together go by one name, which gives them a folder of their own. */
export function askedFormats(
  { exportFormats }: Pick<SessionInfo, 'exportFormats'>,
  chosen: readonly string[],
): string[] {
  const defaults = exportFormats.filter(({ isDefaultObject }) => isDefaultObject).map(({ id }) => id);
  if (defaults.length < 2 || !defaults.every((id) => chosen.includes(id))) return [...chosen];
  return ['dicom', ...chosen.filter((id) => !defaults.includes(id))];
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

/** Whether a format is a DICOM object of its own, as other systems store it: clips go as they are asked for apart. */
export const isForNode = ({ id, group }: Pick<OfferedFormat, 'id' | 'group'>): boolean =>
  group === 'dicom' && id !== 'clips' && id !== 'dicom-medium';

/** Name of the node that was sent to last; null where it was written to a folder. */
export function chosenNode({ layout, nodes }: Pick<Settings, 'layout' | 'nodes'>): string | null {
  const kept = layout[nodeKey];
  return nodes.find(({ name }) => name === kept)?.name ?? null;
}

export const rememberedNode = (name: string | null): readonly [string, string] => [nodeKey, name ?? ''];
