import type { Box } from '../../core/geometry/point.ts';
import { asRecorded, type GreyWindow } from './grey-window.ts';
import { fitted, type Viewing } from './placement.ts';

/** How a clip is looked at: its loop, ED and ES alike, for as long as its study is open. */
class ClipViewing {
  viewing = $state.raw<Viewing>(fitted);
  window = $state.raw<GreyWindow>(asRecorded);
  /** What fills a picture at zoom 1: undefined until it is known, null for the whole frame. */
  fit = $state.raw<Box | null | undefined>(undefined);
}

class Viewings {
  #clips = new Map<string, ClipViewing>();
  /** True while the key that pans is held. */
  panning = $state(false);

  of(sopInstanceUid: string): ClipViewing {
    let clip = this.#clips.get(sopInstanceUid);
    if (!clip) this.#clips.set(sopInstanceUid, (clip = new ClipViewing()));
    return clip;
  }

  /** Another study: nothing is remembered. */
  clear(): void {
    this.#clips = new Map();
    this.panning = false;
  }
}

export const viewings = new Viewings();
