import type { CorrectionGraph } from '../../core/model/correction.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';
import type { ViewManifest } from '../../core/model/view-manifest.ts';

/** Raised with every change of the messages below; parent and child refuse to talk across versions. */
export const protocolVersion = 6;

/** Execution providers the child can be asked for; `auto` is resolved by the parent. */
export const executionProviders = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type ExecutionProvider = (typeof executionProviders)[number];

/** What a graph is for. The child holds one of each, so that carrying a correction does not put the model out. */
export const graphRoles = ['contours', 'corrections'] as const;
export type GraphRole = (typeof graphRoles)[number];

interface GraphFile {
  /** Of the model whose folder it is in. */
  readonly name: string;
  readonly graphPath: string;
  /** Its picture. */
  readonly rows: number;
  readonly columns: number;
}

/** A model's own graph. */
export interface ModelDescription extends GraphFile {
  readonly role: 'contours';
  readonly graph: ModelManifest['graph'];
}

/** The network that carries a model's corrections. */
export interface CorrectionDescription extends GraphFile {
  readonly role: 'corrections';
  readonly graph: CorrectionGraph;
}

/** What the child needs to know of a graph: where it is and what must be true of it. */
export type GraphDescription = ModelDescription | CorrectionDescription;

/** A recogniser of views, which has no memory and is asked once a clip. */
export interface RecogniserDescription {
  readonly graphPath: string;
  readonly graph: ViewManifest['graph'];
  /** Its pictures. */
  readonly rows: number;
  readonly columns: number;
  /** Views that it tells apart. */
  readonly classes: number;
}

/** What a graph is shown in one step; pictures are rows × columns of its input, row-major. */
export interface StepInputs {
  /** In the range of the manifest. */
  readonly image: Float32Array;
  /** For a correction network the model's own map of the frame, 0…1; null for a model. */
  readonly found: Float32Array | null;
  /** What a reader drew on this frame, 0…1; null for most frames. */
  readonly mask: Float32Array | null;
}

/** Maps of the structures that a model draws beside the cavity, by structure; rows × columns each, 0…1. */
export type StructureMaps = ReadonlyMap<string, Float32Array>;

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
  /** A map or the state after it holds NaN or Inf. The memory is emptied, and the run goes on with the next frame. */
  | 'not-finite'
  /** One of the results is no map of probabilities. The run has ended. */
  | 'not-probabilities'
  /** onnxruntime threw, or what was given made a memory of no use. The run has ended. */
  | 'threw';

/** Messages from the application to the child. */
export type ToChild =
  | {
      readonly type: 'load';
      /** Takes the place of another graph in the same role. */
      readonly graph: GraphDescription;
      readonly provider: ExecutionProvider;
      readonly threads: number;
    }
  | { readonly type: 'unload'; readonly role: GraphRole; readonly provider: ExecutionProvider }
  | {
      readonly type: 'start';
      readonly run: number;
      readonly role: GraphRole;
      readonly provider: ExecutionProvider;
      /** State to go on from, or null to begin a clip. */
      readonly state: StateTensors | null;
      /** Whether the maps of structures beside the cavity are answered too, where the graph draws any. */
      readonly structures: boolean;
      /** A checkpoint is sent after this many steps of the run. */
      readonly checkpointEvery: number;
      /** Frames that may be with the device before the first of them is read back. */
      readonly atOnce: number;
    }
  /**
   * `step` names the answer. With `mask` that mask is in the model's memory after the step, in place of its own; a
   * correction network writes it into its state, and into nothing else. Without an image it is put there, and nothing is
   * answered.
   */
  | ({ readonly type: 'frame'; readonly run: number; readonly step: number } & (
      StepInputs | { readonly image: null; readonly mask: Float32Array | null }
    ))
  /** Forget the run: no message about it follows the `stopped` that answers. */
  | { readonly type: 'stop'; readonly run: number }
  /** Which view a clip shows; between runs. The parent waits for the answer, or ends the process. */
  | {
      readonly type: 'recognise';
      readonly recogniser: RecogniserDescription;
      /** Pictures one after the other, each rows × columns. */
      readonly sectors: Float32Array;
      readonly wholes: Float32Array;
      readonly threads: number;
    };

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
      /** Empty where they were not asked for. */
      readonly structures: StructureMaps;
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
  | { readonly type: 'stopped'; readonly run: number }
  | {
      readonly type: 'recognised';
      /** In the order of the manifest's classes. */
      readonly probability: readonly number[];
      readonly ms: number;
    }
  | {
      readonly type: 'recognise-failed';
      readonly failure: LoadFailure;
      readonly reason: string;
    };
