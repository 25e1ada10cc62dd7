import type { ModelManifest } from '../../core/model/manifest.ts';

/** Raised with every change of the messages below; parent and child refuse to talk across versions. */
export const protocolVersion = 3;

/** Execution providers the child can be asked for; `auto` is resolved by the parent. */
export const executionProviders = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type ExecutionProvider = (typeof executionProviders)[number];

/** What the child needs to know of a model: where its graph is and what must be true of it. */
export interface ModelDescription {
  readonly name: string;
  readonly graphPath: string;
  readonly graph: ModelManifest['graph'];
  readonly rows: number;
  readonly columns: number;
}

/** State tensors in the order of the manifest, row-major, as they were after a frame. */
export type StateTensors = readonly Float32Array[];

export type LoadFailure =
  /** The provider could not be started or its numbers were not finite. */
  | 'provider'
  /** The graph cannot be parsed, or is not what the manifest says. */
  | 'model-invalid'
  | 'model-hash-mismatch'
  | 'model-not-found';

export type FrameFailure =
  /** A result or the state after it holds NaN or Inf. The memory is emptied, and the run goes on with the next frame. */
  | 'not-finite'
  /** The result is no map of probabilities. The run has ended. */
  | 'not-probabilities'
  /** onnxruntime threw. The run has ended. */
  | 'threw';

/** Messages from the application to the child. */
export type ToChild =
  | {
      readonly type: 'load';
      readonly model: ModelDescription;
      readonly provider: ExecutionProvider;
      readonly threads: number;
    }
  | { readonly type: 'unload'; readonly provider: ExecutionProvider }
  | {
      readonly type: 'start';
      readonly run: number;
      readonly provider: ExecutionProvider;
      /** State to go on from, or null to begin a clip. */
      readonly state: StateTensors | null;
      /** A checkpoint is sent after this many steps of the run. */
      readonly checkpointEvery: number;
    }
  /**
   * `image` is rows × columns of the model's input, row-major, in the manifest's range; `step` names the answer. With
   * `mask` (rows × columns, 0…1) that mask is in the memory after the step, in place of the model's own. Without an
   * image it is put there, and nothing is answered.
   */
  | {
      readonly type: 'frame';
      readonly run: number;
      readonly step: number;
      readonly image: Float32Array | null;
      readonly mask: Float32Array | null;
    }
  /** Forget the run: no message about it follows the `stopped` that answers. */
  | { readonly type: 'stop'; readonly run: number };

/** Messages from the child to the application. */
export type FromChild =
  | { readonly type: 'ready'; readonly protocol: number; readonly backends: readonly string[] }
  /** `frameMs` is the time of one frame of zeros after a warm-up frame. */
  | { readonly type: 'loaded'; readonly provider: ExecutionProvider; readonly frameMs: number }
  | {
      readonly type: 'load-failed';
      readonly provider: ExecutionProvider;
      readonly failure: LoadFailure;
      readonly reason: string;
    }
  | {
      readonly type: 'probability';
      readonly run: number;
      readonly step: number;
      readonly probability: Float32Array;
      readonly ms: number;
    }
  | {
      readonly type: 'checkpoint';
      readonly run: number;
      /** Last step that the state has seen. */
      readonly step: number;
      readonly state: StateTensors;
    }
  | {
      readonly type: 'frame-failed';
      readonly run: number;
      readonly step: number;
      readonly failure: FrameFailure;
      readonly reason: string;
    }
  | { readonly type: 'stopped'; readonly run: number };
