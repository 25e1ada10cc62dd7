import { isGoing } from '../../core/api/events.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { isLoop } from '../hanging/ranked-clips.ts';
import { beatTimes, stepModes, type ClipBeats, type StepMode } from '../playback/in-step.ts';
import { session } from './session.svelte.ts';
import type { ShownStudy } from './shown-study.ts';
import { workspace } from './workspace.svelte.ts';

/** A clip that is on screen, and its study. */
export interface ShownClip {
  readonly study: ShownStudy;
  readonly clip: ClipFacts;
}

/** What hangs in the panes, in their order, other studies' clips too. */
export function clipsOnScreen(): readonly ShownClip[] {
  return workspace.hanging.panes.flatMap((pane) => {
    const study = pane && workspace.studyOf(pane);
    const clip = pane && study?.clip(pane.sopInstanceUid);
    return study && clip ? [{ study, clip }] : [];
  });
}

/** Beats that a loop goes through in step: those that the reader has not left out. None while its run goes on. */
export function beatsInStep({ study, clip }: ShownClip): ClipBeats {
  const { sopInstanceUid, timing, heartRateBpm } = clip;
  const table = isGoing(study.runs[sopInstanceUid])
    ? []
    : (study.measured.clips[sopInstanceUid]?.beatTable ?? []);
  const included = table.filter((row) => row.included);
  const beats = (included.length > 0 ? included : table).map(({ beat }) => beat);
  return { sopInstanceUid, timing, beats: beatTimes(timing, beats, heartRateBpm) };
}

/** Loops that move on screen together; one alone, as it is when enlarged, runs by its own time. */
export function loopsOnScreen(): readonly ClipBeats[] {
  if (workspace.enlarged || workspace.hanging.layout.pictures === 'stills') return [];
  return clipsOnScreen()
    .filter(({ clip }) => isLoop(clip))
    .map(beatsInStep);
}

const setting = (): string => `hanging.step.${workspace.studyKind}`;

/**
 * How loops are kept in step, remembered for each kind of study. At rest heart rates are alike and true speed is kept;
 * under stress they are not, and only stretched beats can be compared.
 */
export function stepMode(): StepMode {
  const remembered = session.settings.layout[setting()];
  return (
    stepModes.find((mode) => mode === remembered) ?? (workspace.studyKind === 'stress' ? 'stretched' : 'time')
  );
}

export function chooseStepMode(mode: StepMode): void {
  session.remember(setting(), mode);
}
