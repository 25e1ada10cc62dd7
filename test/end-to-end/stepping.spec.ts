import type { Page } from '@playwright/test';
import { beatingClip, beatingSize, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import type { DicomOptions } from '../fixtures/dicom/build.ts';
import { cavity, expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const { rows, columns, frames } = beatingSize;

/** Side of the squares in the picture's corner that spell the frame's number, lowest bit first, in pixels. */
const square = 12;
const bits = 5;

/** A loop whose pictures carry their own number, so that the screen itself says which one is shown. */
function numberedClip(options: DicomOptions): Uint8Array {
  return beatingClip({
    pixels: (frame) => {
      const pixels = new Uint8Array(rows * columns).fill(60);
      for (let y = 0; y < square; y += 1) {
        for (let x = 0; x < square * bits; x += 1) {
          pixels[y * columns + x] = (frame >> Math.floor(x / square)) & 1 ? 250 : 10;
        }
      }
      return pixels;
    },
    ...options,
  });
}

interface Stepped {
  readonly steps: number;
  /** What was wrong, the first few. */
  readonly wrong: readonly string[];
  readonly wrongCount: number;
}

/**
 * Plays and pauses at uneven moments; from each pause steps by keys and compares all that names a frame. From the
 * first pause it goes twice around the loop; the state's own tests do so from every one.
 */
async function stepFromPauses(page: Page, pauses: number): Promise<Stepped> {
  return page.evaluate(
    async ({ pauses, frames, square, bits, sop }) => {
      const one = <Found extends Element>(selector: string): Found => {
        const found = document.querySelector<Found>(selector);
        if (!found) throw new Error(`There is no ${selector}.`);
        return found;
      };
      const cine = one<HTMLElement>(`[data-picture=cine][data-clip="${sop}"]`);
      const canvas = one<HTMLCanvasElement>(`[data-picture=cine][data-clip="${sop}"] canvas`);
      const context = canvas.getContext('2d');
      if (!context) throw new Error('The picture has no 2D canvas.');
      const press = (key: string) =>
        cine.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      const nextFrame = () => new Promise(requestAnimationFrame);
      /** The number that the pixels on screen spell. */
      const inPicture = () => {
        const matrix = one<SVGPathElement>(
          '[data-picture=cine] [data-structure=lv-cavity][data-testid=contour]',
        ).getScreenCTM();
        if (!matrix) throw new Error('The overlay has no place.');
        const box = canvas.getBoundingClientRect();
        let number = 0;
        for (let bit = 0; bit < bits; bit += 1) {
          const at = new DOMPoint((bit + 0.5) * square, square / 2).matrixTransform(matrix);
          const x = ((at.x - box.left) * canvas.width) / box.width;
          const y = ((at.y - box.top) * canvas.height) / box.height;
          if ((context.getImageData(x, y, 1, 1).data[0] ?? 0) > 128) number |= 1 << bit;
        }
        return number;
      };
      const wrong: string[] = [];
      let wrongCount = 0;
      let taken = 0;
      const compare = (expected: number, words: string) => {
        const seen = {
          picture: inPicture(),
          cine: Number(cine.dataset['frame']),
          marker: Number(one<SVGLineElement>('.playhead').dataset['frame']),
          readout: Number(one<HTMLElement>('[data-testid=frame-readout]').dataset['frame']),
        };
        if (Object.values(seen).every((frame) => frame === expected)) return;
        wrongCount += 1;
        if (wrong.length < 5) wrong.push(`${words}: ${expected} expected, ${JSON.stringify(seen)}`);
      };
      for (let pause = 0; pause < pauses; pause += 1) {
        press(' ');
        const until = performance.now() + 20 + ((pause * 97.31) % 240);
        while (performance.now() < until) await nextFrame();
        press(' ');
        await nextFrame();
        let frame = inPicture();
        compare(frame, `pause ${pause}`);
        for (let step = 0; step < (pause === 0 ? 66 : 3); step += 1) {
          const by = step % 3 === 2 ? -1 : 1;
          press(by > 0 ? 'ArrowRight' : 'ArrowLeft');
          await Promise.resolve();
          frame = (frame + by + frames) % frames;
          taken += 1;
          await new Promise((resolve) => setTimeout(resolve));
          compare(frame, `pause ${pause}, step ${step}`);
        }
      }
      return { steps: taken, wrong, wrongCount };
    },
    { pauses, frames, square, bits, sop: beatingSop },
  );
}

async function openNumbered(page: Page, workstation: Parameters<typeof openWith>[1], options: DicomOptions) {
  await openWith(page, workstation, [workstation.file('numbered.dcm', numberedClip(options))]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(cavity(page, 'cine')).toBeAttached();
  await expect(picture(page, 'cine')).toHaveAttribute('data-loaded', String(frames));
  await page.keyboard.press('Space');
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'false');
}

const cases: readonly { readonly name: string; readonly options: DicomOptions }[] = [
  { name: '25/s', options: { frameTimeMs: 40 } },
  { name: '29.97/s', options: { frameTimeMs: 33.367 } },
  { name: '30/s', options: { frameTimeMs: 33.333 } },
  { name: '60/s', options: { frameTimeMs: 16.667 } },
  {
    name: 'a jittered vector',
    options: {
      frameTimeVectorMs: Array.from({ length: frames }, (_, frame) =>
        frame === 0 ? 0 : 27.3 + ((frame * 7.7) % 11.1),
      ),
    },
  },
  {
    name: '30/s, sweep',
    options: { frameTimeMs: 33.333, elements: [{ tag: '00181244', vr: 'US', value: [1] }] },
  },
];

for (const { name, options } of cases) {
  test(`steps from 50 pauses go to the next frame: ${name}`, async ({ page, workstation }) => {
    test.setTimeout(300_000);
    await openNumbered(page, workstation, options);
    const stepped = await stepFromPauses(page, 50);
    expect(stepped.wrong).toEqual([]);
    expect(stepped.wrongCount).toBe(0);
    expect(stepped.steps).toBe(66 + 49 * 3);
  });
}

test('ED and ES, dragged markers, the curve and the buttons show the very frame that they name', async ({
  page,
  workstation,
}) => {
  await openNumbered(page, workstation, { frameTimeMs: 33.367 });
  const cine = picture(page, 'cine');
  for (const [key, kind] of [
    ['End', 'es'],
    ['Home', 'ed'],
    ['End', 'es'],
  ] as const) {
    await page.keyboard.press(key);
    const still = (await picture(page, kind).getAttribute('data-still-frame')) ?? '';
    await expect(cine).toHaveAttribute('data-frame', still);
  }
  const es = Number(await cine.getAttribute('data-frame'));
  await page.getByRole('button', { name: 'Frame forward' }).click();
  await expect(cine).toHaveAttribute('data-frame', String(es + 1));
  await page.getByRole('button', { name: 'Frame back' }).click();
  await expect(cine).toHaveAttribute('data-frame', String(es));

  // The ES marker over every frame that it may have: the picture is the one that the marker is on.
  const marker = page.locator('[data-marker=es][data-beat="0"]');
  const box = (await marker.locator('path').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const from = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  const seen = new Set<string>();
  for (let offset = 0; offset < 200; offset += 9) {
    await page.mouse.move(from.x + offset, from.y);
    const on = (await marker.getAttribute('data-frame')) ?? '';
    seen.add(on);
    await expect(cine).toHaveAttribute('data-frame', on);
    await expect(page.locator('.playhead')).toHaveAttribute('data-frame', on);
  }
  await page.mouse.up();
  expect(seen.size).toBeGreaterThan(4);
  await page.keyboard.press('Control+z');

  // The ends of the loop are neighbours.
  await page.keyboard.press('Home');
  while (Number(await cine.getAttribute('data-frame')) > 0) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(cine).toHaveAttribute('data-frame', String(frames - 1));
  await page.keyboard.press('ArrowRight');
  await expect(cine).toHaveAttribute('data-frame', '0');
});
