import { isGoing } from '../../core/api/events.ts';
import type { Beat } from '../../core/beat/beat.ts';
import { isMark } from '../../core/beat/is-mark.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { withTrace } from '../../core/review/traces.ts';
import { message } from '../../core/language/message.ts';
import { leftVentricularCavity, structureOf, type StructureId } from '../../core/structure/structure.ts';
import { structureText } from '../../core/wording/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { say } from '../words/language.svelte.ts';
import type { EditStep } from './edit-step.ts';
import type { OpenStudy, StructureTraces } from '../state/study.svelte.ts';
import type { EditedPicture } from './edited-picture.ts';
import type { Grip } from './grip.ts';
import { withCavityDrawn, withHingesMoved } from './shared-hinges.ts';

/**
 * The correction of one frame from its beginning to its record: it stays with the frame and the structure that it began
 * on, and with the clip as it found it.
 */
export class FrameEdit {
  readonly frame: number;
  readonly #picture: EditedPicture;
  readonly #structure: StructureId;
  /** The hinge that is moved, by its place among the contour's points. */
  readonly #hinge: number | null;
  readonly #origin: ClipReview | undefined;
  readonly #kept: readonly Beat[] | null;

  constructor(picture: EditedPicture, structure: StructureId, frame: number, grip: Grip | null = null) {
    this.#picture = picture;
    this.#structure = structure;
    this.frame = frame;
    this.#hinge = grip?.part === 'hinge' ? grip.index : null;
    this.#origin = picture.study.clipReview(picture.sopInstanceUid);
    this.#kept = beatsToKeep(picture.study, picture.sopInstanceUid, frame);
  }

  /** The contours of the frame as the edit has them: a hinge that is moved is one of every structure. */
  #changed(trace: Trace): StructureTraces {
    const own = [this.#structure, trace] as const;
    const spacing = this.#picture.spacing();
    if (this.#hinge !== null) {
      return [
        own,
        ...withHingesMoved(this.#origin, this.frame, this.#structure, trace, this.#hinge, spacing),
      ];
    }
    if (this.#structure !== leftVentricularCavity) return [own];
    return [own, ...withCavityDrawn(this.#origin, this.frame, trace, spacing)];
  }

  /** Shows the contour, and what follows from it, before it is recorded; null shows the frame as it was. */
  preview(trace: Trace | null): void {
    const { study, sopInstanceUid } = this.#picture;
    const changed = trace && this.#changed(trace);
    study.preview((review) => {
      const clip = review.clips[sopInstanceUid];
      if (!clip || !changed) return review;
      const drawn = changed.reduce(
        (before, [structure, one]) => withTrace(before, structure, this.frame, one),
        clip,
      );
      const clips = { ...review.clips, [sopInstanceUid]: { ...drawn, beats: clip.beats ?? this.#kept } };
      return { ...review, clips };
    });
  }

  /** One step of history. */
  record(trace: Trace, step: EditStep): void {
    const { study, sopInstanceUid } = this.#picture;
    const done = message(step, { frame: frameNumber(this.frame) });
    // Histories have always meant the ventricle where they name nothing.
    const words =
      this.#structure === leftVentricularCavity
        ? say(done)
        : say('edit.of-structure', {
            structure: structureText(structureOf(this.#structure) ?? { id: this.#structure, words: null }),
            done,
          });
    const nudge = step.startsWith('edit.step.nudged') ? ({ nudge: true } as const) : {};
    study.commitTraces(words, sopInstanceUid, this.frame, this.#changed(trace), this.#kept, nudge);
  }
}

/**
 * A correction of the ED or ES contour must not make another frame ED or ES under the reader's hand: found beats are
 * kept as they are, in the same step of history, once the run that finds them has ended. null where nothing needs keeping.
 */
function beatsToKeep(study: OpenStudy, sopInstanceUid: string, frame: number): readonly Beat[] | null {
  if (study.clipReview(sopInstanceUid)?.beats || isGoing(study.runs[sopInstanceUid])) return null;
  const found = study.measured.clips[sopInstanceUid]?.beats ?? [];
  return isMark(found, frame) ? found : null;
}
