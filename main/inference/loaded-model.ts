import type { ModelManifest } from '../../core/model/manifest.ts';

/** A model whose manifest is valid and whose graph is the file that the manifest names. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly graphPath: string;
  /** Where the correction network is, if the manifest names one. It is looked at when it is needed, not before. */
  readonly correctionPath: string | null;
  /** Text of card.md, empty when there is none. */
  readonly card: string;
}
