import { expect, it } from 'vitest';
import { thumbnail } from '../../../main/application/thumbnail.ts';

it('averages the pixels that each of its own stands for', () => {
  const data = Uint8Array.from([0, 100, 10, 10, 100, 200, 10, 10]);
  expect(thumbnail({ rows: 2, columns: 4, channels: 1, data }, 2)).toEqual({
    rows: 1,
    columns: 2,
    channels: 1,
    data: Uint8Array.from([100, 10]),
  });
});

it('keeps colours apart', () => {
  const data = Uint8Array.from([10, 20, 30, 30, 40, 50]);
  expect(thumbnail({ rows: 1, columns: 2, channels: 3, data }, 1).data).toEqual(
    Uint8Array.from([20, 30, 40]),
  );
});

it('leaves a small picture as it is', () => {
  const frame = { rows: 1, columns: 2, channels: 1, data: Uint8Array.from([1, 2]) } as const;
  expect(thumbnail(frame, 192)).toBe(frame);
});
