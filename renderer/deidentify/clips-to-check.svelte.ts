import type { ClipFacts } from '../../core/clip/clip.ts';
import type { ClipToCheck } from './clip-to-check.svelte.ts';
import { checkOf } from './known-checks.ts';

/** The clips of a study whose pictures somebody looks at before they leave. */
export class ClipsToCheck {
  readonly clips: readonly { readonly facts: ClipFacts; readonly check: ClipToCheck }[];
  readonly checked = $derived.by(() => this.clips.filter(({ check }) => check.isChecked).length);

  constructor(clips: readonly ClipFacts[]) {
    this.clips = clips.map((facts) => ({ facts, check: checkOf(facts.sopInstanceUid) }));
  }

  /** One after the other: looking for a fan takes the application some time. */
  async load(): Promise<void> {
    for (const { check } of this.clips) await check.load();
  }
}
