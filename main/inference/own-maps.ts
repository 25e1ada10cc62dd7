import type { ModelManifest } from '../../core/model/manifest.ts';
import { beginPass } from './begin-pass.ts';
import type { CheckpointShelf } from './checkpoint-shelf.ts';
import type { PassProgress } from './clip-stream.ts';
import { ForwardMaps } from './forward-maps.ts';
import { feasiblePasses, passesOver, type Pass } from './passes.ts';
import type { StepOutcome } from './step-outcome.ts';
import type { SupervisedPass, Supervisor } from './supervisor.ts';

export interface OwnMapsOptions {
  readonly manifest: ModelManifest;
  /** Frames of the whole clip. */
  readonly frameCount: number;
  /** Frames whose maps are asked for; at least one. */
  readonly wanted: ReadonlySet<number>;
  readonly shelf: CheckpointShelf;
  /** Key of the shelf; null: nothing is kept. */
  readonly kept: string | null;
}

interface WantedPass {
  readonly pass: Pass;
  readonly progress: PassProgress;
}

/**
 * A model's own maps of some frames of a clip: the same, to the last bit, as a run over the whole clip draws them from.
 * It begins at the nearest state that a run left behind, and goes no further than the last frame that is wanted.
 */
export class OwnMaps {
  readonly #options: OwnMapsOptions;
  readonly #passes: readonly WantedPass[];

  constructor(options: OwnMapsOptions) {
    this.#options = options;
    const { manifest, frameCount, wanted, shelf, kept } = options;
    const passes = passesOver(feasiblePasses(manifest, frameCount), 0, frameCount, manifest.warmFrames);
    this.#passes = passes.map(({ frames, silentSteps }) => {
      const isWanted = (frame: number, step: number): boolean => step >= silentSteps && wanted.has(frame);
      const pass = { frames: frames.slice(0, frames.findLastIndex(isWanted) + 1), silentSteps };
      return { pass, progress: beginPass(pass, frames.findIndex(isWanted), shelf, kept) };
    });
  }

  /** Steps that the model has to be run for. */
  get steps(): number {
    return this.#passes.reduce((sum, { pass, progress }) => sum + pass.frames.length - progress.delivered, 0);
  }

  /**
   * Runs the model. Only in turn.
   *
   * @param onMap each frame that is wanted, once
   * @throws as `Supervisor.runPass`
   */
  async make(
    supervisor: Supervisor,
    supervised: Omit<SupervisedPass, 'onStep'>,
    { onMap, onStep }: { onMap(frame: number, outcome: StepOutcome): void; onStep(): void },
    signal: AbortSignal,
  ): Promise<void> {
    const { wanted, shelf, kept } = this.#options;
    const forward = new ForwardMaps();
    for (const [index, { pass, progress }] of this.#passes.entries()) {
      const isLast = index === this.#passes.length - 1;
      const take = (step: number, outcome: StepOutcome): void => {
        const frame = pass.frames[step]!;
        if (step < pass.silentSteps || !wanted.has(frame)) return;
        if (!isLast) forward.keep(frame, outcome);
        else onMap(frame, index === 0 ? outcome : forward.mean(frame, outcome));
      };
      await supervisor.runPass(
        {
          ...supervised,
          onCheckpoint: (step, state) => {
            if (kept !== null) shelf.keep(kept, pass.frames.slice(0, step + 1), state);
          },
          onStep: (step, outcome) => {
            take(step, outcome);
            onStep();
          },
        },
        progress,
        signal,
      );
    }
  }
}
