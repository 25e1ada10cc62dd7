import type { ModelManifest } from './manifest.ts';

/** What the choice of a default needs to know of a model. */
export interface Candidate {
  readonly manifest: ModelManifest | null;
  readonly problem: string | null;
  readonly origin: 'bundled' | 'added';
}

/**
 * The models that the default is chosen between: those that come with the application, or where none of them can
 * be used, those that the user added. So adding a model never changes which one runs.
 */
function eligible<Model extends Candidate>(models: readonly Model[]): readonly Model[] {
  const usable = models.filter(({ problem, manifest }) => problem === null && manifest !== null);
  const bundled = usable.filter(({ origin }) => origin === 'bundled');
  return bundled.length > 0 ? bundled : usable;
}

const roleIn = <Model extends Candidate>(models: readonly Model[], role: 'accurate' | 'fast') =>
  models.find(({ manifest }) => manifest?.role === role);

/**
 * The accurate model that is to be the default where an accelerator runs it, null where the choice does not depend
 * on one: because there is no accurate or no fast model.
 */
export function accurateRival<Model extends Candidate>(models: readonly Model[]): Model | null {
  const choice = eligible(models);
  const accurate = roleIn(choice, 'accurate');
  return accurate !== undefined && roleIn(choice, 'fast') !== undefined ? accurate : null;
}

/**
 * The model that runs while none was chosen: of the accurate and the fast one the accurate where an accelerator
 * was found, of one alone that one, without either the first that can be used.
 */
export function defaultModel<Model extends Candidate>(
  models: readonly Model[],
  acceleratorFound: boolean,
): Model | null {
  const choice = eligible(models);
  const accurate = roleIn(choice, 'accurate');
  const fast = roleIn(choice, 'fast');
  const both = accurate !== undefined && fast !== undefined;
  if (both) return acceleratorFound ? accurate : fast;
  return fast ?? accurate ?? choice[0] ?? null;
}
