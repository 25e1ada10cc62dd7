import { exclusionsOf, withExclusion } from '../../core/beat/excluded-beats.ts';
import type { BeatRow } from '../../core/measurement/beat-table.ts';
import { type BeatPreset, presetBeats } from '../../core/measurement/beat-preset.ts';
import { report } from '../state/messages.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';

export const presets: readonly { readonly id: BeatPreset; readonly words: string; readonly title: string }[] =
  [
    { id: 'sinus-rhythm', words: 'Sinus 3', title: 'Sinus rhythm: mean of 3 beats without a flag' },
    { id: 'atrial-fibrillation', words: 'AF 5', title: 'Atrial fibrillation: mean of 5 beats' },
    { id: 'index-beat', words: 'Index', title: 'Index beat: the one that two beats of like length precede' },
  ];

/** Leaves a beat out of the means, or counts it again. */
export function excludeBeat(study: OpenStudy, uid: string, index: number, excluded: boolean): void {
  const beats = study.measured.clips[uid]?.beats ?? [];
  study.commit(`beat ${index + 1} ${excluded ? 'excluded' : 'included'}`, ({ clips }) => {
    const before = clips[uid]?.excludedBeats ?? null;
    return [
      {
        slot: 'excludedBeats',
        sopInstanceUid: uid,
        before,
        after: withExclusion(beats, before, index, excluded),
      },
    ];
  });
}

/** Takes the means from the beats that a preset names; says so where the clip has not as many. */
export function choosePreset(study: OpenStudy, uid: string, preset: BeatPreset): void {
  const rows: readonly BeatRow[] = study.measured.clips[uid]?.beatTable ?? [];
  const chosen = presetBeats(rows, preset);
  if (chosen.length === 0) {
    report(
      'information',
      preset === 'index-beat'
        ? 'No index beat: no whole beat follows two of like length. Choose the beats by hand.'
        : 'No whole beat of this clip fits. Choose the beats by hand.',
    );
    return;
  }
  const wanted = preset === 'sinus-rhythm' ? 3 : preset === 'atrial-fibrillation' ? 5 : 1;
  if (chosen.length < wanted) {
    report('information', `The clip has only ${chosen.length} of the ${wanted} beats that are advised.`);
  }
  const after = rows
    .filter(({ index }) => !chosen.includes(index))
    .map(({ beat, exclusionMark }) => exclusionMark ?? beat.edFrame)
    .sort((a, b) => a - b);
  study.commit(`mean of beat ${chosen.map((index) => index + 1).join(', ')}`, ({ clips }) => [
    { slot: 'excludedBeats', sopInstanceUid: uid, before: clips[uid]?.excludedBeats ?? null, after },
  ]);
}

/** Counts all beats again, as where nobody chose. */
export function allBeats(study: OpenStudy, uid: string): void {
  study.commit('mean of all beats', ({ clips }) => [
    { slot: 'excludedBeats', sopInstanceUid: uid, before: clips[uid]?.excludedBeats ?? null, after: null },
  ]);
}

/** Excludes the chosen beat of the active clip, or counts it again. */
export function toggleChosenBeat(): void {
  const { study, activeClip } = workspace;
  if (!study || !activeClip) return;
  const uid = activeClip.sopInstanceUid;
  const beats = workspace.beats(uid);
  if (beats.length === 0) return;
  const index = workspace.beatIndex(uid);
  const marks = study.clipReview(uid)?.excludedBeats ?? null;
  excludeBeat(study, uid, index, !exclusionsOf(beats, marks).markOf.has(index));
}
