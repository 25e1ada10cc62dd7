import { Random } from '../fixtures/phantom/random.ts';

/** What a process is doing when it is killed. */
export const victimKinds = ['start', 'edits', 'imports', 'edits-and-imports', 'models', 'reports'] as const;
export type VictimKind = (typeof victimKinds)[number];
export type KillKind = VictimKind | 'analyze';

/** One line of a victim: something that its caller takes for done. */
export type Acknowledged =
  | { readonly open: true }
  | { readonly revision: number }
  | { readonly clip: string }
  | { readonly model: string }
  | { readonly report: string };

export interface Kill {
  readonly kind: KillKind;
  /** How many things are acknowledged before the clock of the kill starts; the opening of the library is the first. */
  readonly afterLines: number;
  /** Share of the time that one such thing takes, after which the process is killed. */
  readonly share: number;
}

/** How often each kind comes in thirty kills. */
const weights: Readonly<Record<KillKind, number>> = {
  start: 6,
  edits: 7,
  imports: 6,
  'edits-and-imports': 4,
  models: 3,
  reports: 2,
  analyze: 2,
};

/** The same kills for the same seed; every kind comes in its share, in an order that the seed decides. */
export function planKills(count: number, seed: number): Kill[] {
  const source = new Random(seed);
  const random = (): number => source.uniform();
  const deck = Object.entries(weights).flatMap(([kind, times]) =>
    Array.from({ length: times }, () => kind as KillKind),
  );
  const kills: Kill[] = [];
  let left: KillKind[] = [];
  while (kills.length < count) {
    if (left.length === 0) left = [...deck];
    const [kind = 'start'] = left.splice(Math.floor(random() * left.length), 1);
    const most = kind === 'edits' || kind === 'imports' ? 12 : kind === 'models' ? 2 : 4;
    kills.push({
      kind,
      afterLines: kind === 'start' || kind === 'analyze' ? 0 : 1 + Math.floor(random() * most),
      share: random() * 1.1,
    });
  }
  return kills;
}
