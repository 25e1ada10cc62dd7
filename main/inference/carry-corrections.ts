import { SystolaError } from '../../core/error.ts';
import type { ClipCourse } from '../../core/propagation/clip-course.ts';
import { resample, resamplingTaps } from '../../core/sector/resample.ts';
import { planCorrections, type CorrectionPass } from './correction-plan.ts';
import { mapsFit } from './forward-maps.ts';
import { LogOddsMaps } from './log-odds-maps.ts';
import type { OwnMaps } from './own-maps.ts';
import type { CorrectionDescription, ModelDescription } from './protocol.ts';
import type { StepOutcome, UnsegmentedReason } from './step-outcome.ts';
import type { SupervisedPass, Supervisor } from './supervisor.ts';

/** A map of the correction network, or why a frame has none. */
export interface CorrectedFrames {
  /**
   * Called once per frame; the next call waits for it.
   * @param from anchors that the frame follows, ascending
   */
  onProbability(frame: number, probability: Float32Array, from: readonly number[]): void | Promise<void>;
  /** Called in place of `onProbability` for a frame without one. */
  onUnsegmented(frame: number, reason: UnsegmentedReason): void | Promise<void>;
}

export interface CarryOptions extends CorrectedFrames {
  readonly supervisor: Supervisor;
  /** What both graphs' passes say. */
  readonly common: Pick<SupervisedPass, 'provider' | 'clipName' | 'onState'>;
  readonly model: ModelDescription;
  readonly correction: CorrectionDescription;
  readonly ownMaps: OwnMaps;
  /** Masks by anchor, ascending: rows × columns of the correction network, 0…1. */
  readonly given: ReadonlyMap<number, Float32Array>;
  /** Frames that are to be read, ascending; no anchors among them. */
  readonly moved: readonly number[];
  /** Where the frames lie, which says what an anchor counts on them. */
  readonly course: ClipCourse;
  modelInput(frame: number): Promise<Float32Array | null>;
  correctionInput(frame: number): Promise<Float32Array>;
  onStep(done: number, total: number): void;
  readonly signal: AbortSignal;
}

/**
 * Carries corrections through a network of its own: the model's maps of all frames first, to which nothing is given;
 * then an empty state for each anchor, into which it alone is written and from which the frames that are near it in phase
 * and time are read. What is kept meanwhile are maps in 16 bits, two for a frame at most.
 *
 * @returns steps of both graphs
 * @throws SystolaError as `InferenceService.correct`; ChildGone never
 */
export async function carryCorrections(
  options: CarryOptions,
): Promise<{ readonly provider: string; readonly steps: number }> {
  const { supervisor, common, model, correction, ownMaps, moved, given, course, signal } = options;
  refuseTooLong(options);
  const network: SupervisedPass = {
    ...common,
    graph: correction,
    tolerant: true,
    input: (frame) => options.correctionInput(frame),
    onStep: () => undefined,
  };
  // A network that cannot be used is told before the model is run for it.
  await supervisor.prepare(network, signal);

  const anchors = [...given.keys()];
  const found = new LogOddsMaps();
  const unfound = new Map<number, UnsegmentedReason>();
  const fitted = resized(model, correction);
  let done = 0;
  let total = ownMaps.steps + stepsOf(planCorrections(anchors, moved, course).passes);
  const step = (): void => options.onStep((done += 1), total);
  await ownMaps.make(
    supervisor,
    { ...common, graph: model, tolerant: true, input: (frame) => options.modelInput(frame) },
    {
      onMap: (frame, outcome) => {
        if (outcome instanceof Float32Array) found.keep(frame, fitted(outcome));
        else unfound.set(frame, outcome);
      },
      onStep: step,
    },
    signal,
  );

  // What a reader drew where the model found nothing cannot be compared with anything.
  const hasMap = (frame: number): boolean => !unfound.has(frame);
  const comparable = anchors.filter(hasMap);
  if (comparable.length === 0) return { provider: '', steps: done };
  const plan = planCorrections(comparable, moved.filter(hasMap), course);
  total = done + stepsOf(plan.passes);
  for (const frame of moved) {
    const reason = unfound.get(frame);
    if (reason !== undefined) await options.onUnsegmented(frame, reason);
  }
  const unfinished = new LogOddsMaps();
  let provider = '';
  for (const pass of plan.passes) {
    provider = await supervisor.runPass(
      {
        ...network,
        found: (frame) => mapOf(found, frame),
        given: (index) => (index === 0 ? given.get(pass.anchor)! : null),
        onStep: async (index, outcome) => {
          if (index > 0) await tell(pass, pass.frames[index]!, outcome);
          step();
        },
      },
      { ...pass, delivered: 0, checkpoint: null, modelMs: 0, timedSteps: 0 },
      signal,
    );
  }
  return { provider, steps: done };

  async function tell({ anchor }: CorrectionPass, frame: number, outcome: StepOutcome): Promise<void> {
    const readings = plan.readings(frame);
    const { weight } = readings.find((reading) => reading.anchor === anchor)!;
    if (anchor !== readings.at(-1)!.anchor) return unfinished.add(frame, outcome, weight);
    // What one anchor alone says is told as it is.
    const corrected = readings.length > 1 ? unfinished.complete(frame, outcome, weight) : outcome;
    if (!(corrected instanceof Float32Array)) return options.onUnsegmented(frame, corrected);
    const from = readings.map((reading) => reading.anchor);
    return options.onProbability(frame, corrected, from);
  }
}

function stepsOf(passes: readonly CorrectionPass[]): number {
  return passes.reduce((sum, { frames }) => sum + frames.length, 0);
}

function mapOf(found: LogOddsMaps, frame: number): Float32Array {
  const map = found.of(frame);
  if (map instanceof Float32Array) return map;
  throw new Error(`no map of frame ${frame} was kept`);
}

/** The model's maps at the size of the correction network's picture. */
function resized(
  model: ModelDescription,
  { rows, columns }: CorrectionDescription,
): (map: Float32Array) => Float32Array {
  if (model.rows === rows && model.columns === columns) return (map) => map;
  const rowTaps = resamplingTaps(model.rows, 0, model.rows, rows);
  const columnTaps = resamplingTaps(model.columns, 0, model.columns, columns);
  return (map) => resample(map, model.columns, rowTaps, columnTaps);
}

function refuseTooLong({ correction, moved, given, common }: CarryOptions): void {
  const size = { width: correction.columns, height: correction.rows };
  if (mapsFit(size, 2 * (moved.length + given.size))) return;
  const message = `Corrections cannot be carried over ${moved.length} frames at once: their maps would not fit into memory. Choose a shorter range.`;
  throw new SystolaError('inference-failed', message, common.clipName);
}
