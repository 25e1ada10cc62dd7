import type { ViewCode } from '../../core/clip/view.ts';
import { say } from './language.svelte.ts';

/** A view as it is called wherever clips are named. */
export const viewName = (view: ViewCode): string => say('view.name', { view });
