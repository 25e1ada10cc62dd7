import { afterEach, beforeEach, vi } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { Change } from '../../../core/review/review.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { api } from '../../../renderer/api/client.ts';
import { messages } from '../../../renderer/state/messages.svelte.ts';
import { OpenStudy } from '../../../renderer/state/study.svelte.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from '../application/workstation.ts';

/** A picture of 500 × 400 pixels, 0.4 mm each, as test/unit/core/shapes.ts draws into. */
const picture = { rows: 400, columns: 500 } as const;

export interface OpenWindow {
  /** The study as this window has it. */
  readonly study: OpenStudy;
  readonly clip: ClipFacts;
  /** What the library holds, by a way of its own. */
  stored(): Promise<StudyDocument>;
  /** The same study in another window. */
  another(): Promise<OpenStudy>;
  /** Nobody answers the window until it is connected again. */
  disconnect(): void;
  /** What the window asks for is done, and no answer reaches it. */
  loseAnswers(): void;
  connect(): void;
}

/**
 * The state of the window over the application itself, for each test anew: what the window asks for goes to the handler
 * that every host mounts, over a library on disk with one apical loop. Nothing is drawn.
 */
export function openWindows(frames: number): () => OpenWindow {
  const folder = temporaryFolders();
  const region = {
    box: [0, 0, picture.columns - 1, picture.rows - 1] as [number, number, number, number],
    spatialFormat: 1,
    dataType: 1,
    unitsX: 3,
    unitsY: 3,
    deltaX: 0.04,
    deltaY: 0.04,
  };
  const blank = new Uint8Array(picture.rows * picture.columns).fill(60);
  const file = apicalClip({ ...picture, frames, regions: [region], pixels: () => blank });
  let window: OpenWindow | null = null;
  let close: () => Promise<void> = () => Promise.resolve();

  beforeEach(async () => {
    const { application, json } = await workstation(folder());
    close = () => application.close();
    await upload(application, { 'a4c.dcm': file });
    let connection: 'open' | 'closed' | 'one-way' = 'open';
    vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
      if (connection === 'closed') throw new TypeError('fetch failed');
      const response = await application.fetch(new Request(`http://127.0.0.1${address}`, init));
      if (connection === 'one-way') throw new TypeError('fetch failed');
      return response;
    });
    messages.list = [];
    const open = async () => new OpenStudy(await api.study(studyUid));
    const study = await open();
    window = {
      study,
      clip: study.clip(clipUid)!,
      stored: () => json<StudyDocument>('GET', `studies/${studyUid}`),
      another: open,
      disconnect: () => (connection = 'closed'),
      loseAnswers: () => (connection = 'one-way'),
      connect: () => (connection = 'open'),
    };
  });

  afterEach(async () => {
    await window?.study.saved();
    window = null;
    vi.unstubAllGlobals();
    await close();
  });

  return () => {
    if (!window) throw new Error('There is no window outside of a test.');
    return window;
  };
}

/** Records contours of the cavity as one step of history, and waits until the library has them. */
export async function drawContours(study: OpenStudy, traces: Readonly<Record<number, Trace>>): Promise<void> {
  study.commit('contours', () =>
    Object.entries(traces).map(([frame, after]): Change => ({
      slot: 'trace',
      sopInstanceUid: clipUid,
      structure: 'lv-cavity',
      frame: Number(frame),
      before: null,
      after,
    })),
  );
  await study.saved();
}
