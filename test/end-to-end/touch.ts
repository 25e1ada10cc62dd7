import type { CDPSession, Page } from '@playwright/test';

export interface Place {
  readonly x: number;
  readonly y: number;
}

const between = (from: Place, to: Place, share: number): Place => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
});

/** Fingers on the window, as the browser gets them from a touch screen. */
export class Fingers {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async on(page: Page): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page));
  }

  /** Each finger goes on its own straight way, all at once. */
  async drag(ways: readonly (readonly [from: Place, to: Place])[], steps = 12): Promise<void> {
    await this.#send(
      'touchStart',
      ways.map(([from]) => from),
    );
    for (let step = 1; step <= steps; step += 1) {
      await this.#send(
        'touchMove',
        ways.map(([from, to]) => between(from, to, step / steps)),
      );
    }
    await this.#send('touchEnd', []);
  }

  async #send(type: 'touchStart' | 'touchMove' | 'touchEnd', places: readonly Place[]): Promise<void> {
    await this.#session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: places.map((place, id) => ({ ...place, id })),
    });
  }
}

/** A pen that is drawn over the window. */
export async function dragPen(page: Page, from: Place, to: Place, steps = 12): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', place: Place) =>
    session.send('Input.dispatchMouseEvent', {
      ...{ type, ...place, button: 'left', pointerType: 'pen', force: 0.5 },
      ...(type === 'mouseMoved'
        ? { buttons: 1 }
        : { clickCount: 1, buttons: type === 'mousePressed' ? 1 : 0 }),
    });
  await send('mousePressed', from);
  for (let step = 1; step <= steps; step += 1) await send('mouseMoved', between(from, to, step / steps));
  await send('mouseReleased', to);
}
