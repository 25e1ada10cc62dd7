import { exclusionsOf, withExclusion } from '../../core/beat/excluded-beats.ts';
import type { BeatRow } from '../../core/measurement/beat-table.ts';
import { type BeatPreset, presetBeats } from '../../core/measurement/beat-preset.ts';
import { message } from '../../core/language/message.ts';
import { say } from '../words/language.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { chosenBeats } from '../state/chosen-beats.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';

/** In the order in which they are offered. */
export const presets: readonly BeatPreset[] = ['sinus-rhythm', 'atrial-fibrillation', 'index-beat'];

/** Leaves a beat out of the means, or counts it again. */
export function excludeBeat(study: OpenStudy, uid: string, index: number, excluded: boolean): void {
  const beats = study.measured.clips[uid]?.beats ?? [];
  study.commit(
    say(excluded ? 'edit.beat-excluded' : 'edit.beat-included', { beat: index + 1 }),
    ({ clips }) => {
      const before = clips[uid]?.excludedBeats ?? null;
      return [
        {
          slot: 'excludedBeats',
          sopInstanceUid: uid,
          before,
          after: withExclusion(beats, before, index, excluded),
        },
      ];
    },
  );
}

/** Takes the means from the beats that a preset names; says so where the clip has not as many. */
export function choosePreset(study: OpenStudy, uid: string, preset: BeatPreset): void {
  const rows: readonly BeatRow[] = study.measured.clips[uid]?.beatTable ?? [];
  const chosen = presetBeats(rows, preset);
  if (chosen.length === 0) {
    report('information', message(preset === 'index-beat' ? 'beats.no-index-beat' : 'beats.none-fits'));
    return;
  }
  const wanted = preset === 'sinus-rhythm' ? 3 : preset === 'atrial-fibrillation' ? 5 : 1;
  if (chosen.length < wanted) {
    report('information', message('beats.too-few', { count: chosen.length, wanted }));
  }
  const after = rows
    .filter(({ index }) => !chosen.includes(index))
    .map(({ beat, exclusionMark }) => exclusionMark ?? beat.edFrame)
    .sort((a, b) => a - b);
  study.commit(
    say('edit.mean-of-beats', { beats: chosen.map((index) => index + 1).join(', ') }),
    ({ clips }) => [
      { slot: 'excludedBeats', sopInstanceUid: uid, before: clips[uid]?.excludedBeats ?? null, after },
    ],
  );
}

/** Counts all beats again, as where nobody chose. */
export function allBeats(study: OpenStudy, uid: string): void {
  study.commit(say('edit.mean-of-all-beats'), ({ clips }) => [
    { slot: 'excludedBeats', sopInstanceUid: uid, before: clips[uid]?.excludedBeats ?? null, after: null },
  ]);
}

/** Excludes the chosen beat of the active clip, or counts it again. */
export function toggleChosenBeat(): void {
  const { study, activeClip } = workspace;
  if (!study || !activeClip) return;
  const uid = activeClip.sopInstanceUid;
  const beats = chosenBeats.of(uid);
  if (beats.length === 0) return;
  const index = chosenBeats.index(uid);
  const marks = study.clipReview(uid)?.excludedBeats ?? null;
  excludeBeat(study, uid, index, !exclusionsOf(beats, marks).markOf.has(index));
}
