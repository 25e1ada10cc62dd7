import { z } from 'zod';
import { SystolaError } from '../error.ts';
import { dicomNodeSchema, mostNodes, type DicomNode } from '../network/dicom-node.ts';
import { receiverSettingsSchema } from '../network/receiver-settings.ts';
import { entryNameSchema, entrySchema, mostEntries, settingsSchema, type Settings } from './settings.ts';

/** One node: as it was called before, null for a new one; and as it is to be, null where it goes. */
const nodeChangeSchema = z.strictObject({
  before: z.string().max(64).nullable(),
  after: dicomNodeSchema.nullable(),
});

/**
 * What is asked to change, told as narrowly as it is meant: what stands in one value together with things that another
 * window may be changing (entries of the layout, nodes, the receiver's parts) is named by its part, so that nobody sends
 * back what somebody else has changed since.
 */
export const settingsChangeSchema = settingsSchema
  .omit({ layout: true, nodes: true, receiver: true })
  .extend({
    /** Entries of the layout by their names; null forgets one. */
    remember: z
      .record(entryNameSchema, entrySchema.nullable())
      .refine((entries) => Object.keys(entries).length <= mostEntries, tooManyEntries()),
    node: nodeChangeSchema,
    receiver: receiverSettingsSchema.partial(),
  })
  .partial();
export type SettingsChange = z.infer<typeof settingsChangeSchema>;
export type Remembered = NonNullable<SettingsChange['remember']>;

/** Settings with a change of them; limits of the whole are not looked at. */
export function changedSettings(settings: Settings, change: SettingsChange): Settings {
  const { remember, node, receiver, ...whole } = change;
  return {
    ...settings,
    ...withoutUndefined(whole),
    ...(remember === undefined ? {} : { layout: withEntries(settings.layout, remember) }),
    ...(node === undefined ? {} : { nodes: withNode(settings.nodes, node) }),
    ...(receiver === undefined ? {} : { receiver: { ...settings.receiver, ...withoutUndefined(receiver) } }),
  };
}

/**
 * The same, of what is stored.
 *
 * @throws SystolaError `bad-request` where the whole would not fit, or a new node has another's name
 */
export function acceptedSettings(settings: Settings, change: SettingsChange): Settings {
  const changed = changedSettings(settings, change);
  if (change.remember !== undefined && Object.keys(changed.layout).length > mostEntries)
    throw new SystolaError('bad-request', `${tooManyEntries()}: forget some of them first.`);
  if (change.node !== undefined) checkNode(settings.nodes, change.node);
  return changed;
}

function tooManyEntries(): string {
  return `The layout has at most ${mostEntries} entries`;
}

function withEntries(layout: Settings['layout'], entries: Remembered): Settings['layout'] {
  return Object.fromEntries(
    Object.entries({ ...layout, ...entries }).filter(
      (entry): entry is [string, Settings['layout'][string]] => entry[1] !== null,
    ),
  );
}

/** Made twice it is as if made once: a window may be told of a change before it has the answer to its own. */
function withNode(
  nodes: readonly DicomNode[],
  { before, after }: NonNullable<SettingsChange['node']>,
): DicomNode[] {
  if (after === null) return nodes.filter(({ name }) => name !== before);
  const called = (wanted: string | null) => nodes.find(({ name }) => name === wanted);
  const replaced = called(before) ?? called(after.name);
  if (replaced === undefined) return [...nodes, after];
  return nodes
    .filter((node) => node === replaced || node.name !== after.name)
    .map((node) => (node === replaced ? after : node));
}

function checkNode(
  nodes: readonly DicomNode[],
  { before, after }: NonNullable<SettingsChange['node']>,
): void {
  if (after === null) return;
  const { name } = after;
  if (name !== before && nodes.some((node) => node.name === name))
    throw new SystolaError('bad-request', `A node is called ${name} already: give this one another name.`);
  const isNew = !nodes.some((node) => node.name === before);
  if (isNew && nodes.length >= mostNodes)
    throw new SystolaError('bad-request', `At most ${mostNodes} nodes are kept: remove one of them first.`);
}

/** A member that is undefined is one that is not there. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
