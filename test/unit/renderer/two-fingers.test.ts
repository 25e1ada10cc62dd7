import { describe, expect, it } from 'vitest';
import { TwoFingers } from '../../../renderer/viewing/two-fingers.ts';

const finger = (pointerId: number, clientX: number, clientY: number) => ({
  ...{ pointerType: 'touch', pointerId, isPrimary: pointerId === 1, clientX, clientY },
});

describe('two fingers on a picture', () => {
  it('are told from one, and from mouse and pen', () => {
    const fingers = new TwoFingers();
    expect(fingers.down({ ...finger(7, 0, 0), pointerType: 'mouse' })).toBe(false);
    expect(fingers.down({ ...finger(8, 0, 0), pointerType: 'pen' })).toBe(false);
    expect(fingers.down(finger(1, 0, 0))).toBe(false);
    expect(fingers.move(finger(1, 5, 5))).toBeNull();
    expect(fingers.down(finger(2, 100, 0))).toBe(true);
  });

  it('move what is between them, and spread it', () => {
    const fingers = new TwoFingers();
    fingers.down(finger(1, 100, 100));
    fingers.down(finger(2, 200, 100));
    expect(fingers.move(finger(2, 300, 100))).toEqual({ by: [50, 0], about: [200, 100], factor: 2 });
    expect(fingers.move(finger(1, 100, 120))?.by).toEqual([0, 10]);
  });

  it('on one place do not throw the picture away', () => {
    const fingers = new TwoFingers();
    fingers.down(finger(1, 100, 100));
    fingers.down(finger(2, 100, 100));
    expect(fingers.move(finger(2, 101, 100))?.factor).toBe(1);
  });

  it('that were lifted unseen are forgotten with the next touch', () => {
    const fingers = new TwoFingers();
    fingers.down(finger(1, 0, 0));
    expect(fingers.down({ ...finger(3, 50, 50), isPrimary: true })).toBe(false);
    expect(fingers.up(finger(3, 50, 50))).toBe(0);
  });
});
