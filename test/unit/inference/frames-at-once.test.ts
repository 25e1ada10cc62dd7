import { describe, expect, it } from 'vitest';
import { framesAtOnce, mostAtOnce } from '../../../main/inference/frames-at-once.ts';

describe('frames handed to a device before the first is read back', () => {
  it('are several on a graphics card that is fast', () => {
    expect(framesAtOnce('webgpu', 3)).toBe(mostAtOnce);
    expect(framesAtOnce('webgpu', 50)).toBe(4);
  });

  it('are fewer where that would keep a stop waiting, one at least', () => {
    expect(framesAtOnce('webgpu', 80)).toBe(2);
    expect(framesAtOnce('webgpu', 5_000)).toBe(1);
  });

  it('are one where each step is waited for anyway', () => {
    for (const provider of ['cpu', 'cuda', 'dml', 'coreml'] as const)
      expect(framesAtOnce(provider, 1)).toBe(1);
  });
});
