import { describe, expect, it } from 'vitest';
import { EventHub } from '../../../main/application/event-hub.ts';

async function lines(stream: ReadableStream<Uint8Array>): Promise<unknown[]> {
  const text = await new Response(stream).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

const hello = { type: 'hello', version: '1' } as const;

describe('EventHub', () => {
  it('greets each window, then tells all of them everything', async () => {
    const hub = new EventHub(() => [hello]);
    const first = hub.connect();
    hub.send({ type: 'studies-changed' });
    const second = hub.connect();
    hub.send({ type: 'heartbeat' });
    hub.close();
    expect(await lines(first)).toEqual([hello, { type: 'studies-changed' }, { type: 'heartbeat' }]);
    expect(await lines(second)).toEqual([hello, { type: 'heartbeat' }]);
  });

  it('forgets a window that goes', async () => {
    const hub = new EventHub(() => [hello]);
    const abort = new AbortController();
    const cancelled = hub.connect();
    hub.connect(abort.signal);
    expect(hub.windows).toBe(2);
    abort.abort();
    await cancelled.cancel();
    expect(hub.windows).toBe(0);
    hub.send({ type: 'heartbeat' });
  });

  it('cuts off a window that does not read instead of keeping everything for it', async () => {
    const hub = new EventHub(() => [hello]);
    const idle = hub.connect();
    const message = 'x'.repeat(1024 * 1024);
    for (let sent = 0; sent < 100; sent += 1) hub.send({ type: 'hello', version: message });
    expect(hub.windows).toBe(0);
    expect((await lines(idle)).length).toBeLessThan(40);
  });

  it('gives nothing but a greeting after it closed', async () => {
    const hub = new EventHub(() => [hello]);
    hub.close();
    expect(await lines(hub.connect())).toEqual([hello]);
  });
});
