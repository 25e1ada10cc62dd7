import type { ClipFacts, ClipStage } from '../../core/clip/clip.ts';
import { clipPictures, picturePlace } from '../../core/clip/pictures.ts';
import { sameStage, stageName } from '../../core/clip/stage.ts';
import type { Box } from '../../core/geometry/point.ts';
import type { ChosenPair } from '../../core/review/review.ts';
import { fitBox } from '../viewing/sector-fit.ts';
import { viewings } from '../viewing/viewings.svelte.ts';
import { say } from '../words/language.svelte.ts';
import type { OpenStudy } from './study.svelte.ts';
import { studyOpening } from './study-opening.svelte.ts';

/** What stands for "clips whose files state no stage" where a stage is asked for. */
export const noStage: ClipStage = { name: null, number: null };

/** Takes the study's numbers from a stage; null for the resting one. A pair named for another stage goes with it. */
export function chooseStage(study: OpenStudy, stage: ClipStage | null): void {
  if (sameStage(study.review.stage, stage)) return;
  study.commit(
    stage === null ? say('edit.resting-stage') : say('edit.stage', { stage: stageName(stage) }),
    ({ stage: before, pair }) => [
      { slot: 'stage', before, after: stage },
      ...(pair === null ? [] : [{ slot: 'pair', before: pair, after: null } as const]),
    ],
  );
}

/** Makes two clips one biplane on the reader's word, or takes that word back. */
export function combine(study: OpenStudy, pair: ChosenPair | null): void {
  study.commit(
    pair === null ? say('edit.pair-taken-apart') : say('edit.pair-combined'),
    ({ pair: before }) => [{ slot: 'pair', before, after: pair }],
  );
}

/** Says which of several pictures of a clip is meant, and has it contoured. */
export function choosePicture(study: OpenStudy, clip: ClipFacts, box: Box): void {
  const { sopInstanceUid } = clip;
  const pictures = clipPictures(clip);
  const picture = pictures.find((one) => one.box === box);
  if (picture === undefined) return;
  study.commit(say('edit.picture-chosen', { place: picturePlace(picture, pictures) }), ({ clips }) => [
    { slot: 'picture', sopInstanceUid, before: clips[sopInstanceUid]?.picture ?? null, after: box },
  ]);
  viewings.of(sopInstanceUid).fit = fitBox({ box, source: 'region' }, clip);
  void study.saved().then(() => studyOpening.analyse(study, [clip]));
}
