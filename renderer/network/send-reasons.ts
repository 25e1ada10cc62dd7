import type { SentObject } from '../../core/api/network.ts';

/** Objects that came to one end for one reason. */
export interface SentAlike {
  readonly state: SentObject['state'];
  /** Why; null where nothing is said, or where it is said of the whole sending already. */
  readonly reason: string | null;
  readonly names: readonly string[];
}

/**
 * What is not simply stored, by its end and reason, in the order in which it is told: a reason is read once, however many
 * objects it keeps from being stored.
 *
 * @param said why the whole sending ended, which stands above
 */
export function sentAlike(objects: readonly SentObject[], said: string | null): SentAlike[] {
  const told = objects.filter(({ state }) => state !== 'stored');
  return [...Map.groupBy(told, ({ state, message }) => JSON.stringify([state, message])).values()].map(
    (alike) => {
      const { state, message } = alike[0]!;
      return { state, reason: message === said ? null : message, names: alike.map(({ name }) => name) };
    },
  );
}
