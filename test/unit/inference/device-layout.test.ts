import { afterEach, describe, expect, it, vi } from 'vitest';
import { inFasterLayout, type DeviceLayout, type Tried } from '../../../main/inference/device-layout.ts';

interface Session {
  readonly layout: DeviceLayout;
  close(): Promise<void>;
}

/** Builds of sessions that only note that they were closed. */
function builds(frameMs: Record<DeviceLayout, number | Error>, buildMs = 0) {
  const built: DeviceLayout[] = [];
  const closed: DeviceLayout[] = [];
  const build = async (layout: DeviceLayout): Promise<Tried<Session>> => {
    built.push(layout);
    if (buildMs > 0) vi.advanceTimersByTime(buildMs);
    const ms = frameMs[layout];
    if (ms instanceof Error) throw ms;
    return { session: { layout, close: async () => void closed.push(layout) }, frameMs: ms };
  };
  return { build, built, closed };
}

describe('the layout of a graph on a device', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([
    [{ NCHW: 3, NHWC: 5 }, 'NCHW', 'NHWC'],
    [{ NCHW: 5, NHWC: 3 }, 'NHWC', 'NCHW'],
  ] as const)('is the faster one of %o, and the other is closed', async (frameMs, kept, left) => {
    const { build, closed } = builds(frameMs);
    const found = await inFasterLayout(build);
    expect(found).toMatchObject({ session: { layout: kept }, frameMs: frameMs[kept] });
    expect(closed).toEqual([left]);
  });

  it('is the first where that took long, without a second try', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { build, built, closed } = builds({ NCHW: 900, NHWC: 1 }, 6_000);
    expect((await inFasterLayout(build)).session.layout).toBe('NCHW');
    expect(built).toEqual(['NCHW']);
    expect(closed).toEqual([]);
  });

  it('is the first where the second does not work', async () => {
    const { build, closed } = builds({ NCHW: 5, NHWC: new Error('no kernel') });
    expect((await inFasterLayout(build)).session.layout).toBe('NCHW');
    expect(closed).toEqual([]);
  });

  it('is none where the first does not work', async () => {
    const { build, built } = builds({ NCHW: new Error('no device'), NHWC: 1 });
    await expect(inFasterLayout(build)).rejects.toThrow('no device');
    expect(built).toEqual(['NCHW']);
  });
});
