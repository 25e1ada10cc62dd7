import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { areaOfBox, keptPixels, type KeepMask } from '../../../core/deidentify/keep-mask.ts';
import { policyOf } from '../../../core/deidentify/policy.ts';
import { isPictureRegion, regionBox } from '../../../core/clip/pictures.ts';
import { cleanPixels } from '../../../main/deidentify/pixels/clean-pixels.ts';
import { suggestMask } from '../../../main/deidentify/pixels/suggest-mask.ts';
import { writeClip } from '../../../main/deidentify/write-clip.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { keptUnits } from '../../../main/dicom/codec/jpeg-blacken.ts';
import { readJpegStream } from '../../../main/dicom/codec/jpeg-stream.ts';
import { decodeFrame, frameBytes } from '../../../main/dicom/decode-frame.ts';
import { openInstance, type OpenInstance } from '../../../main/dicom/instance.ts';
import { isInstalled } from '../../fixtures/dicom/installed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const data = process.env['SYSTOLA_TEST_DATA'];
const folder = join(data ?? '', 'dicom');
const loops =
  data === undefined || !existsSync(folder)
    ? []
    : readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'));
if (loops.length === 0)
  console.log('Skipped: cleaning real loops (SYSTOLA_TEST_DATA names no folder with dicom/).');
const temporaryFolder = temporaryFolders();
const hasDcmtk = isInstalled('dcmdjpeg') && isInstalled('dcmdjpls');

const open = (path: string): OpenInstance => openInstance(new MemorySource(readFileSync(path)), path);

/** Frames as dcmtk decodes them, YCbCr turned to RGB by what the file says. */
async function framesOfDcmtk(path: string, target: string): Promise<Uint8Array[]> {
  const { encoding } = open(path).pixels;
  if (encoding === 'jpeg') execFileSync('dcmdjpeg', ['+cp', path, target]);
  else execFileSync('dcmdjpls', [path, target]);
  const decoded = open(target);
  const frames: Uint8Array[] = [];
  for (let frame = 0; frame < decoded.frames.length; frame += 1) {
    frames.push((await decodeFrame(decoded, decoded.source, frame, target)).data);
  }
  return frames;
}

async function maskOf(clip: OpenInstance): Promise<KeepMask> {
  const found = await suggestMask(clip, 'clip.dcm');
  if (found !== null) return found;
  const { rows, columns, regions } = clip.clip;
  const [region] = regions.filter(isPictureRegion);
  const third = { minX: columns / 3, minY: rows / 3, maxX: (2 * columns) / 3, maxY: (2 * rows) / 3 };
  return { areas: [areaOfBox(region === undefined ? third : regionBox(region))] };
}

it.each(loops)(
  '%s: black outside of its mask and as it was inside, to us and to dcmtk',
  async (name: string) => {
    const path = join(folder, name);
    const target = join(temporaryFolder(), 'cleaned.dcm');
    const before = open(path);
    const { rows, columns } = before.pixels;
    const mask = await maskOf(before);
    const task = {
      ...{ path, fileName: name, sha256: null, target, mask, checked: true },
      ...{
        key: new Uint8Array(32),
        preset: 'sharing' as const,
        policy: policyOf('sharing'),
        softwareVersion: '0',
        others: [],
      },
    } as const;
    const { method, blackFrames } = await writeClip(task, cleanPixels, () => undefined);
    expect(blackFrames).toEqual([]);
    const after = open(target);
    expect(after.frames).toHaveLength(before.frames.length);
    const kept = keptPixels(mask, rows, columns);
    const whole =
      method === 'coefficients'
        ? keptUnits(readJpegStream(frameBytes(before, before.source, 0, name)), kept)
        : null;
    /** 1 inside, 0 outside, 2 where units are cut or their colour runs over: black or as it was. */
    const expected = kept.map((one, pixel) => {
      if (one === 0 || whole === null) return one;
      const [x, y] = [pixel % columns, Math.floor(pixel / columns)];
      const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [x + dx, y + dy] as const));
      const inside = around.every(([nx, ny]) => {
        const unit = Math.floor(ny / whole.rows) * whole.across + Math.floor(nx / whole.columns);
        return nx < 0 || ny < 0 || nx >= columns || ny >= rows || whole.whole[unit] !== 0;
      });
      return inside ? 1 : 2;
    });
    const compare = (was: Uint8Array, is: Uint8Array, frame: number, tolerance: number): void => {
      const channels = is.length / kept.length;
      for (let at = 0; at < is.length; at += 1) {
        const place = expected[Math.floor(at / channels)];
        if (place === 0 && is[at] !== 0) expect.fail(`frame ${frame}: sample ${at} is ${is[at]} outside`);
        if (place === 1 && Math.abs(is[at]! - was[at]!) > tolerance) {
          expect.fail(`frame ${frame}: sample ${at} is ${is[at]}, was ${was[at]}`);
        }
      }
    };
    for (let frame = 0; frame < after.frames.length; frame += 1) {
      const was = await decodeFrame(before, before.source, frame, name);
      const is = await decodeFrame(after, after.source, frame, 'cleaned.dcm');
      compare(was.data, is.data, frame, 0);
    }
    if (!hasDcmtk || !['jpeg', 'jpeg-ls'].includes(after.pixels.encoding)) return;
    const seen = await framesOfDcmtk(target, join(temporaryFolder(), 'native.dcm'));
    // dcmtk's own inverse cosine transform and its conversion of colours round otherwise than ours.
    const others =
      method === 'coefficients' ? await framesOfDcmtk(path, join(temporaryFolder(), 'was.dcm')) : null;
    for (let frame = 0; frame < seen.length; frame += 1) {
      const was = others?.[frame] ?? (await decodeFrame(before, before.source, frame, name)).data;
      compare(was, seen[frame]!, frame, 0);
    }
  },
  120_000,
);
