import type { ModelManifest } from '../../core/model/manifest.ts';

/** A model whose manifest is valid and whose graph is the file that the manifest names. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly graphPath: string;
  /** Text of card.md, empty when there is none. */
  readonly card: string;
}
