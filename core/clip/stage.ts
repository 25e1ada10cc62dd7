import { message, type Message } from '../language/message.ts';
import type { ClipFacts, ClipStage } from './clip.ts';
import { saysRest, saysStress } from './stage-name.ts';

/** One stage of a study with its clips; `stage` null holds the clips whose files state none. */
export interface StudyStage {
  readonly stage: ClipStage | null;
  /** SOP Instance UIDs, in the order of the clips. */
  readonly clips: readonly string[];
}

/**
 * The stages of a study, by number and then by name, clips without one last. Empty where no file states a stage.
 * Names are compared without case and spaces; what one clip leaves out (name or number) is filled in from the others
 * where only one stage fits.
 */
export function studyStages(clips: readonly ClipFacts[]): readonly StudyStage[] {
  if (clips.every(({ stage }) => stage === null)) return [];
  const stated = clips.flatMap(({ stage }) => (stage === null ? [] : [stage]));
  const groups = new Map<string, { stage: ClipStage | null; clips: string[] }>();
  for (const { stage, sopInstanceUid } of clips) {
    const whole = stage === null ? null : completed(stage, stated);
    const key = whole === null ? '' : stageKey(whole);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { stage: whole, clips: [sopInstanceUid] });
    else group.clips.push(sopInstanceUid);
  }
  return [...groups.values()].toSorted((a, b) => inOrder(a.stage, b.stage));
}

/** True for one and the same stage as {@link studyStages} tells them apart. */
export function sameStage(a: ClipStage | null, b: ClipStage | null): boolean {
  return a === null || b === null ? a === b : stageKey(a) === stageKey(b);
}

/**
 * The stage at rest: the one whose name says so, of several the first; else, where no name does, stage number 1,
 * unless its name says that it is none. null where no stage is the resting one.
 */
export function restingStage(stages: readonly StudyStage[]): StudyStage | null {
  const named = stages.find(({ stage }) => saysRest(stage?.name ?? ''));
  if (named !== undefined) return named;
  const lowest = Math.min(...stages.map(({ stage }) => stage?.number ?? Infinity));
  const first = stages.filter(({ stage }) => stage?.number === lowest);
  const [one] = first;
  // Two stages of one number are told apart by name only, and neither name says which is at rest.
  if (lowest !== 1 || first.length !== 1 || one === undefined) return null;
  return saysStress(one.stage?.name ?? '') ? null : one;
}

/** The stage that a person names, by its name without regard to case and spaces, else by its number; null for none. */
export function stageCalled(stages: readonly StudyStage[], wanted: string): ClipStage | null {
  const stated = stages.flatMap(({ stage }) => (stage === null ? [] : [stage]));
  const name = foldedProtocolName(wanted);
  return (
    stated.find((stage) => stage.name !== null && foldedProtocolName(stage.name) === name) ??
    stated.find(({ number }) => number !== null && String(number) === wanted.trim()) ??
    null
  );
}

/** What a person calls a stage: its name as written, else "stage 2". */
export function stageName(stage: ClipStage | null): Message {
  if (stage === null) return message('clip.stage.none');
  return stage.name === null
    ? message('clip.stage.numbered', { number: stage.number ?? '?' })
    : message('clip.stage.named', { name: stage.name });
}

function stageKey({ name, number }: ClipStage): string {
  return `${name === null ? '' : foldedProtocolName(name)}|${number ?? ''}`;
}

/** What two names of one stage, or of one view, have in common: all but case, spaces and underscores. */
export function foldedProtocolName(name: string): string {
  return name
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s_]+/gu, '');
}

function completed(stage: ClipStage, stated: readonly ClipStage[]): ClipStage {
  if (stage.name === null) {
    const names = stated.filter((other) => other.number === stage.number && other.name !== null);
    const distinct = new Set(names.map(({ name }) => foldedProtocolName(name!)));
    return distinct.size === 1 ? { ...stage, name: names[0]!.name } : stage;
  }
  if (stage.number === null) {
    const name = foldedProtocolName(stage.name);
    const numbers = new Set(
      stated.flatMap((other) =>
        other.name !== null && foldedProtocolName(other.name) === name && other.number !== null
          ? [other.number]
          : [],
      ),
    );
    const [number] = numbers;
    return numbers.size === 1 && number !== undefined ? { ...stage, number } : stage;
  }
  return stage;
}

function inOrder(a: ClipStage | null, b: ClipStage | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const number = (a.number ?? Infinity) - (b.number ?? Infinity);
  if (number !== 0 && !Number.isNaN(number)) return number;
  const [left, right] = [a.name ?? '', b.name ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
