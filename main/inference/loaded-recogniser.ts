import type { ViewManifest } from '../../core/model/view-manifest.ts';

/** A recogniser of views whose manifest is valid; its graph's hash is compared by the process that runs it. */
export interface LoadedRecogniser {
  readonly manifest: ViewManifest;
  readonly folder: string;
  readonly graphPath: string;
}
