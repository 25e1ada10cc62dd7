import type { Message } from '../language/message.ts';
import type { Finding } from './finding.ts';
import { shortWords } from './short-words.ts';
import type { PlacedFinding } from './weight.ts';

/** What one line says: findings of one kind, in one place. */
export interface GatheredFinding extends PlacedFinding {
  /** Their sentences. */
  readonly messages: readonly Message[];
}

/**
 * Findings as lines: one that is the same of several clips stands once, with all of them, and so do those of one kind and
 * the same clips, as where ED and ES are both unsure.
 */
export function gathered(placed: readonly PlacedFinding[]): GatheredFinding[] {
  const ofClips = joined(
    placed.map((one) => ({ ...one, messages: [one.finding.message] })),
    ({ finding }) => [finding.code, finding.message],
  );
  return joined(ofClips, ({ finding, clips }) => [shortWords(finding), clips]);
}

function joined(
  lines: readonly GatheredFinding[],
  likeness: (line: GatheredFinding) => unknown,
): GatheredFinding[] {
  const groups = new Map<string, GatheredFinding>();
  for (const line of lines) {
    const key = JSON.stringify([line.finding.severity, likeness(line)]);
    const before = groups.get(key);
    groups.set(key, before === undefined ? line : both(before, line));
  }
  return [...groups.values()];
}

function both(one: GatheredFinding, other: GatheredFinding): GatheredFinding {
  const sources: Finding['sources'] = [...one.finding.sources, ...other.finding.sources];
  const texts = new Map([...one.messages, ...other.messages].map((text) => [JSON.stringify(text), text]));
  return {
    finding: { ...one.finding, sources },
    clips: [...new Set([...one.clips, ...other.clips])],
    messages: [...texts.values()],
  };
}
