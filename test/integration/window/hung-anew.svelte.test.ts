import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ViewCode } from '../../../core/clip/view.ts';
import type { Change } from '../../../core/review/review.ts';
import { countReaderActions } from '../../../renderer/state/reader-actions.ts';
import { studyOpening } from '../../../renderer/state/study-opening.svelte.ts';
import { workspace } from '../../../renderer/state/workspace.svelte.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, studyUid, upload, workstation } from '../application/workstation.ts';

const folder = temporaryFolders();
const uids = ['1', '2', '3', '4'].map((number) => `${studyUid}.${number}`);
const pressed = new EventTarget();
let station: Awaited<ReturnType<typeof workstation>>;
let stopCounting: () => void;

/** The whole image, as apicalClip has it. */
const picture = { minX: 0, minY: 0, maxX: 111, maxY: 127 };

/** What a recogniser says of clips, as the window hears of it; the window's parts ask for the layout then. */
function recognise(views: Readonly<Record<string, ViewCode>>) {
  const changes = Object.entries(views).map(([number, code]): Change => ({
    ...{ slot: 'recognition', sopInstanceUid: `${studyUid}.${number}`, before: null },
    after: { code, certainty: 0.95, recogniser: 'r', version: '1', sha256: 'a'.repeat(64), picture },
  }));
  const { reviews } = station.application.services;
  const response = reviews.record(studyUid, { kind: 'run', label: 'recognised', changes });
  workspace.study!.receiveRevision(response);
  studyOpening.arrangeByViews();
}
const hung = () => [
  workspace.hanging.layout.id,
  ...workspace.hanging.panes.map((pane) => pane?.sopInstanceUid.slice(studyUid.length + 1)),
];
const activeClip = () => workspace.active?.sopInstanceUid.slice(studyUid.length + 1);

beforeEach(async () => {
  studyOpening.close();
  station = await workstation(folder());
  vi.stubGlobal('fetch', (address: string, init?: RequestInit) =>
    station.application.fetch(new Request(`http://127.0.0.1${address}`, init)),
  );
  stopCounting = countReaderActions(pressed);
  const files = uids.map((sopInstanceUid, index) => [`${index}.dcm`, apicalClip({ sopInstanceUid })]);
  await upload(station.application, Object.fromEntries(files) as Record<string, Uint8Array>);
  await studyOpening.open(studyUid);
});
afterEach(async () => {
  studyOpening.close();
  stopCounting();
  vi.unstubAllGlobals();
  await station.application.close();
});

describe('a study whose views are told after it was opened', () => {
  it('shows the first apical view as soon as it is known, and A4C and A2C side by side', () => {
    expect(hung()).toEqual(['one', '1']);
    recognise({ 1: 'other', 3: 'a2c' });
    expect(hung()).toEqual(['one', '3']);
    expect(activeClip()).toBe('3');
    recognise({ 4: 'a4c' });
    expect(hung()).toEqual(['two', '4', '3']);
    expect(activeClip()).toBe('4');
  });

  it.each(['keydown', 'pointerdown', 'wheel'])('stays as it hangs after a %s of the reader', (type) => {
    pressed.dispatchEvent(new Event(type));
    recognise({ 1: 'other', 3: 'a4c' });
    expect(hung()).toEqual(['one', '1']);
  });

  it('stays with the clip and the layout that the reader chose', () => {
    pressed.dispatchEvent(new Event('pointerdown'));
    workspace.show(uids[1]!);
    recognise({ 2: 'other', 4: 'a4c' });
    expect(hung()).toEqual(['one', '2']);
  });
});
