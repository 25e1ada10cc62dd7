import { describe, expect, it } from 'vitest';
import type { DicomNode } from '../../../core/network/dicom-node.ts';
import {
  acceptedSettings,
  changedSettings,
  settingsChangeSchema,
  type SettingsChange,
} from '../../../core/settings/settings-change.ts';
import { defaultSettings, settingsSchema, type Settings } from '../../../core/settings/settings.ts';

const entries = (count: number, name = 'k') =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, index]));
const node = (name: string): DicomNode => ({
  name,
  host: '127.0.0.1',
  port: 104,
  calledAeTitle: 'THERE',
  callingAeTitle: 'HERE',
  tls: null,
});
const withNodes = (count: number): Settings => ({
  ...defaultSettings,
  nodes: Array.from({ length: count }, (_, index) => node(`N${index}`)),
});
const code = (text: string) => expect.objectContaining({ code: 'bad-request', message: text }) as Error;

describe('a change of settings', () => {
  it('leaves what it does not name as it is, and members that are undefined are not there', () => {
    const before: Settings = { ...defaultSettings, reader: 'Ada', layout: { a: 1, b: 2 } };
    const change: SettingsChange = { language: 'de-DE', reader: undefined, receiver: { port: 1 } };
    expect(changedSettings(before, change)).toEqual({
      ...before,
      language: 'de-DE',
      receiver: { ...before.receiver, port: 1 },
    });
    expect(changedSettings(before, {})).toEqual(before);
  });

  it('gives the same in any order where parts are not the same ones', () => {
    const changes: SettingsChange[] = [
      { remember: { a: 1 } },
      { remember: { b: null, c: 'x' } },
      { node: { before: 'N1', after: null } },
      { node: { before: 'N0', after: { ...node('N0'), port: 4242 } } },
      { receiver: { isOn: true } },
      { receiver: { address: '::1' } },
      { reader: 'Ada' },
    ];
    const before = { ...withNodes(3), layout: { b: 3 } };
    const forwards = changes.reduce(changedSettings, before);
    expect(changes.toReversed().reduce(changedSettings, before)).toEqual(forwards);
    expect(settingsSchema.parse(forwards)).toEqual(forwards);
    expect(forwards.layout).toEqual({ a: 1, c: 'x' });
    expect(forwards.nodes.map(({ name, port }) => `${name}:${port}`)).toEqual(['N0:4242', 'N2:104']);
  });

  // A window shows its own change on top of what is stored, which may hold it already.
  it.each([
    { before: null, after: node('new') },
    { before: 'N1', after: node('new') },
    { before: 'N1', after: node('N0') },
    { before: 'N1', after: { ...node('N1'), port: 4242 } },
    { before: 'gone', after: node('N2') },
    { before: 'N1', after: null },
  ])('made twice is as made once, and no two nodes are called the same: %j', (change) => {
    const once = changedSettings(withNodes(3), { node: change });
    expect(changedSettings(once, { node: change })).toEqual(once);
    const names = once.nodes.map(({ name }) => name);
    expect([...new Set(names)]).toEqual(names);
    if (change.after !== null) expect(once.nodes).toContainEqual(change.after);
  });

  it('is refused where the whole would be too much, counted after it', () => {
    const full: Settings = { ...defaultSettings, layout: entries(200) };
    expect(() => acceptedSettings(full, { remember: { more: 1 } })).toThrow(
      code('The layout has at most 200 entries: forget some of them first.'),
    );
    expect(acceptedSettings(full, { remember: { more: 1, k7: null } }).layout).toHaveProperty('more');
    expect(acceptedSettings(full, { remember: { k7: 'other' } }).layout).toHaveProperty('k7', 'other');
    // Whatever else is changed is not held up by it.
    expect(acceptedSettings(full, { reader: 'Ada' }).reader).toBe('Ada');
    expect(() => acceptedSettings(withNodes(50), { node: { before: null, after: node('new') } })).toThrow(
      code('At most 50 nodes are kept: remove one of them first.'),
    );
    for (const before of [null, 'N2'])
      expect(() => acceptedSettings(withNodes(3), { node: { before, after: node('N1') } })).toThrow(
        code('A node is called N1 already: give this one another name.'),
      );
  });

  it('fits its schema or is none', () => {
    const fits = (change: unknown) => settingsChangeSchema.safeParse(change).success;
    expect(fits({ remember: entries(200), node: { before: null, after: null }, receiver: {} })).toBe(true);
    for (const wrong of [
      { remember: entries(201) },
      { remember: { a: undefined } },
      { remember: { a: { b: 1 } } },
      { remember: { a: 'v'.repeat(10_001) } },
      { remember: { ['n'.repeat(97)]: 1 } },
      { layout: {} },
      { nodes: [] },
      { node: { after: null } },
      { receiver: { isOn: 1 } },
      { receiver: { other: 1 } },
      { unknown: 1 },
    ])
      expect(fits(wrong), JSON.stringify(wrong)).toBe(false);
  });

  it('of names that every object has is one of entries like any other', () => {
    const change = settingsChangeSchema.parse(JSON.parse('{"remember":{"constructor":1,"toString":"x"}}'));
    expect(changedSettings(defaultSettings, change).layout).toEqual({ constructor: 1, toString: 'x' });
  });
});
