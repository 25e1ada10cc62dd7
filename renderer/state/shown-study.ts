import type { OpenStudy } from './study.svelte.ts';

/**
 * What a pane has to know of a study to show a clip of it. The open study is one; another is only looked at: its clips
 * have contours and numbers, and nothing that would change them.
 */
export type ShownStudy = Pick<
  OpenStudy,
  'uid' | 'facts' | 'clips' | 'clip' | 'clipReview' | 'traceAt' | 'measured' | 'runs'
>;
