import { Random } from '../fixtures/phantom/random.ts';

/** What a process is doing when it is killed. */
export const victimKinds = [
  'start',
  'edits',
  'imports',
  'edits-and-imports',
  'models',
  'reports',
  'removals',
  'patients',
  'backups',
  'restores',
  'settles',
] as const;
export type VictimKind = (typeof victimKinds)[number];
/** Nobody kills what waits until everything that was deleted is gone. */
export type KillKind = Exclude<VictimKind, 'settles'> | 'analyze';

/**
 * What becomes of a study, or of one of its clips: what was asked for may have been done or not, what was answered was.
 * `gone` is gone from the disk; `deleted` and `leaving` have to be, once their time has come.
 */
export type Fate = 'deleting' | 'deleted' | 'keeping' | 'kept' | 'leaving' | 'gone';

/** One line of a victim: something that its caller takes for done, or asks for. */
export type Acknowledged =
  | { readonly open: true }
  | { readonly revision: number; readonly study: string }
  | { readonly clips: readonly string[] }
  | { readonly settled: true }
  | { readonly model: string }
  | { readonly report: string }
  | { readonly fate: Fate; readonly study: string; readonly instance: string | null }
  /** Whose studies these are to be, or are. */
  | { readonly patient: string; readonly studies: readonly string[]; readonly done: boolean }
  | { readonly backup: string }
  /** A state that is about to take the place of everything, after a last revision with this label, or has. */
  | { readonly restore: string; readonly lastLabel: string; readonly done: boolean };

export interface Kill {
  readonly kind: KillKind;
  /** How many things are acknowledged before the clock of the kill starts; the opening of the library is the first. */
  readonly afterLines: number;
  /** Share of the time that one such thing takes, after which the process is killed. */
  readonly share: number;
}

/** How often each kind comes, of all of them together. */
const weights: Readonly<Record<KillKind, number>> = {
  start: 6,
  edits: 7,
  imports: 6,
  'edits-and-imports': 4,
  models: 3,
  reports: 2,
  analyze: 2,
  removals: 6,
  patients: 2,
  backups: 3,
  restores: 3,
};

/** Most things that are acknowledged before a kill; four unless told. */
const mostLines: Readonly<Partial<Record<KillKind, number>>> = {
  edits: 12,
  imports: 12,
  models: 2,
  removals: 24,
  patients: 12,
};

/**
 * The same kills for the same seed; every kind comes in its share, in an order that the seed decides.
 *
 * @param only kinds that come, all of them unless told
 */
export function planKills(count: number, seed: number, only: readonly string[] = []): Kill[] {
  const source = new Random(seed);
  const random = (): number => source.uniform();
  const deck = Object.entries(weights)
    .filter(([kind]) => only.length === 0 || only.includes(kind))
    .flatMap(([kind, times]) => Array.from({ length: times }, () => kind as KillKind));
  const kills: Kill[] = [];
  let left: KillKind[] = [];
  while (kills.length < count) {
    if (left.length === 0) left = [...deck];
    const [kind = 'start'] = left.splice(Math.floor(random() * left.length), 1);
    const most = mostLines[kind] ?? 4;
    kills.push({
      kind,
      afterLines: kind === 'start' || kind === 'analyze' ? 0 : 1 + Math.floor(random() * most),
      share: random() * 1.1,
    });
  }
  return kills;
}
