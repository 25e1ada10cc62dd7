import type { Sex } from '../clip/clip.ts';

export type BodySource = 'file' | 'user';

export interface Sourced<T> {
  readonly value: T;
  readonly source: BodySource;
}

/** What is known of the patient's body; null where neither the file nor the user says. */
export interface Body {
  readonly sex: Sourced<Sex>;
  readonly heightCm: Sourced<number> | null;
  readonly weightKg: Sourced<number> | null;
  readonly heartRateBpm: Sourced<number> | null;
}
