import type { View, ViewCode } from '../../core/clip/view.ts';
import { viewNamed, viewText } from '../../core/wording/view.ts';
import { say } from './language.svelte.ts';

/** A view as it is called wherever one is chosen. */
export const viewName = (view: ViewCode): string => say(viewNamed(view));

/** The view of a clip wherever clips are named: one that nobody has confirmed is marked. */
export const clipViewWords = (view: View | undefined): string =>
  view === undefined ? viewName('unknown') : say(viewText(view));
