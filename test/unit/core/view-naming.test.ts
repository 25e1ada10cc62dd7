import { describe, expect, it } from 'vitest';
import { nextWaiting, waitsForView } from '../../../core/clip/view-naming.ts';

const loop = { bMode: true, frames: 30 };

describe('a view that is to be named', () => {
  it('is one that neither file nor reader has said', () => {
    expect(waitsForView(loop, { code: 'unknown', source: 'none' })).toBe(true);
    expect(waitsForView(loop, { code: 'a4c', source: 'recognised', certainty: 0.99 })).toBe(true);
    expect(waitsForView(loop, { code: 'a4c', source: 'assumed' })).toBe(true);
    expect(waitsForView(loop, { code: 'unknown', source: 'user' })).toBe(true);
    expect(waitsForView(loop, { code: 'a2c', source: 'file' })).toBe(false);
    expect(waitsForView(loop, { code: 'other', source: 'user' })).toBe(false);
  });

  it('is none of a still, a spectrum or M-mode', () => {
    expect(waitsForView({ bMode: true, frames: 1 }, { code: 'unknown', source: 'none' })).toBe(false);
    expect(waitsForView({ bMode: false, frames: 30 }, { code: 'unknown', source: 'none' })).toBe(false);
  });
});

describe('the next view to name', () => {
  const clips = (waiting: string) =>
    [...'abcde'].map((sopInstanceUid) => ({ sopInstanceUid, waits: waiting.includes(sopInstanceUid) }));

  it('is the next behind the one at hand, round the end, and the first where there is none at hand', () => {
    expect(nextWaiting(clips('bd'), null)).toBe('b');
    expect(nextWaiting(clips('bd'), 'b')).toBe('d');
    expect(nextWaiting(clips('bd'), 'd')).toBe('b');
    expect(nextWaiting(clips('b'), 'b')).toBe('b');
    expect(nextWaiting(clips('bd'), 'gone')).toBe('b');
  });

  it('is none where all are named', () => {
    expect(nextWaiting(clips(''), 'c')).toBeNull();
    expect(nextWaiting([], null)).toBeNull();
  });
});
