import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { KeepMaskState } from '../../../core/api/keep-masks.ts';
import { areaOfBox, keptPixels, type KeepMask } from '../../../core/deidentify/keep-mask.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { screenFrames, usualScreen } from '../../unit/inference/scanner-screen.ts';
import { upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

const { rows, columns } = usualScreen;
const frames = screenFrames({ ...usualScreen, frames: 5 });
const [first, second, other] = ['1.2.3.9.1', '1.2.3.9.2', '1.2.3.9.3'];
const probe = (name: string) => ({ tag: '00185010', vr: 'LO', value: name });
const loop = (sopInstanceUid: string, transducer: string): Uint8Array =>
  buildDicom({
    ...{ rows, columns, frames: frames.length, photometric: 'RGB', sopInstanceUid },
    pixels: (frame) => frames[frame]!.data,
    elements: [{ tag: '00081090', vr: 'LO', value: 'Scanner 7' }, probe(transducer)],
  });

async function withClips() {
  const station = await workstation(folder());
  running.push(station.application);
  await upload(station.application, {
    'a.dcm': loop(first!, 'P4'),
    'b.dcm': loop(second!, 'P4'),
    'c.dcm': loop(other!, 'X5'),
  });
  const path = (clip: string | undefined) => `clips/${clip}/keep-mask`;
  return {
    ...station,
    state: (clip: string | undefined) => station.json<KeepMaskState>('GET', path(clip)),
    path,
  };
}

const drawn: KeepMask = { areas: [areaOfBox({ minX: 100, minY: 60, maxX: 400, maxY: 300 })] };

describe('a mask', () => {
  it('is found, ticked, kept, remembered for the scanner and taken back', async () => {
    const { state, json, path, application } = await withClips();
    const found = await state(first);
    expect(found).toMatchObject({ rows, columns, from: 'found', checked: null });
    expect(await json('PUT', path(first), { mask: drawn })).toMatchObject({ from: 'checked', mask: drawn });
    expect(await state(first)).toMatchObject({ mask: drawn, checked: { at: expect.stringMatching(/^20/) } });
    // The same scanner, probe and size: a suggestion, with no tick of its own.
    expect(await state(second)).toEqual({ rows, columns, mask: drawn, from: 'remembered', checked: null });
    expect((await state(other)).from).toBe('found');
    expect(await json('DELETE', path(first))).toMatchObject({ from: 'remembered', checked: null });
    const entries = application.services.library.audit.entries();
    expect(entries.flatMap(({ detail }) => detail['keepMask'] ?? [])).toEqual(['checked', 'unchecked']);
  });

  it('is refused when it is none, and for a clip that is not there', async () => {
    const { send, path } = await withClips();
    expect((await send('PUT', path(first), { mask: { areas: [[[1, 1]]] } })).status).toBe(400);
    expect((await send('PUT', path('1.9'), { mask: drawn })).status).toBe(404);
    expect((await send('GET', path('1.9'))).status).toBe(404);
  });

  it('that was damaged on disk is not ticked any more', async () => {
    const { state, json, path, application } = await withClips();
    await json('PUT', path(first), { mask: drawn });
    const shelf = join(application.services.library.path, 'keep-masks', 'clips');
    expect(readdirSync(shelf)).toEqual([`${first}.json`]);
    writeFileSync(join(shelf, `${first}.json`), '{"mask":');
    expect((await state(first)).checked).toBeNull();
  });
});

it('shows the brightest of all frames, whole and parted by a mask', async () => {
  const { send, path } = await withClips();
  const pictureOf = async (response: Response) =>
    PNG.sync.read(Buffer.from(await response.arrayBuffer()), { skipRescale: true });
  const brightest = frames[0]!.data.map((_, at) => Math.max(...frames.map(({ data }) => data[at]!)));
  const kept = keptPixels(drawn, rows, columns);
  const expected = (which: (pixel: number) => boolean) =>
    brightest.map((level, at) => (which(Math.floor(at / 3)) ? level : 0));
  const rgb = ({ data }: PNG) => Uint8Array.from(data).filter((_, at) => at % 4 !== 3);
  const whole = await pictureOf(await send('GET', `${path(first)}/brightest.png`));
  expect(
    Buffer.compare(
      rgb(whole),
      expected(() => true),
    ),
  ).toBe(0);
  for (const [part, one] of [
    ['stays', 1],
    ['goes', 0],
  ] as const) {
    const response = await send('POST', `${path(first)}/preview.png`, { mask: drawn, part });
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(
      Buffer.compare(
        rgb(await pictureOf(response)),
        expected((pixel) => kept[pixel] === one),
      ),
    ).toBe(0);
  }
});
