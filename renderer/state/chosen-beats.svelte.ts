import type { Beat } from '../../core/beat/beat.ts';
import type { FrameReference } from '../../core/measurement/measurement.ts';
import { playback } from '../playback/playback.svelte.ts';
import { settledBeats } from './provisional.ts';
import { workspace, type PictureId } from './workspace.svelte.ts';

/** Which beat of each clip the user is at. */
class ChosenBeats {
  #index = $state.raw<Readonly<Record<string, number>>>({});

  /** Beats of a clip on screen. */
  of(sopInstanceUid: string): readonly Beat[] {
    const study = workspace.studyWith(sopInstanceUid);
    return settledBeats(study?.measured.clips[sopInstanceUid]?.beats ?? [], study?.runs[sopInstanceUid]);
  }

  index(sopInstanceUid: string): number {
    return Math.min(this.#index[sopInstanceUid] ?? 0, Math.max(0, this.of(sopInstanceUid).length - 1));
  }

  beat(sopInstanceUid: string): Beat | null {
    return this.of(sopInstanceUid)[this.index(sopInstanceUid)] ?? null;
  }

  choose(sopInstanceUid: string, index: number): void {
    const count = this.of(sopInstanceUid).length;
    if (count === 0) return;
    this.#index = { ...this.#index, [sopInstanceUid]: Math.min(count - 1, Math.max(0, index)) };
  }

  /** The frame that a picture shows. */
  frameOf({ sopInstanceUid, kind }: PictureId): number | null {
    if (kind === 'cine') return playback.frameOf(sopInstanceUid);
    const beat = this.beat(sopInstanceUid);
    return beat ? (kind === 'ed' ? beat.edFrame : beat.esFrame) : null;
  }

  /** Goes to the frame that a number or a flag was read from. */
  visit(reference: FrameReference): void {
    const clip = workspace.study?.clip(reference.sopInstanceUid);
    if (!clip) return;
    const beats = this.of(reference.sopInstanceUid);
    const index = beats.findIndex(
      (beat) => beat.edFrame === reference.frame || beat.esFrame === reference.frame,
    );
    if (index >= 0) this.choose(reference.sopInstanceUid, index);
    workspace.show(reference.sopInstanceUid);
    playback.showFrame(reference.sopInstanceUid, clip.timing, reference.frame);
  }

  clear(): void {
    this.#index = {};
  }
}

export const chosenBeats = new ChosenBeats();
