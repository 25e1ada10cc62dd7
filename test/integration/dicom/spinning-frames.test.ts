import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FrameDecoder, type FrameSource } from '../../../main/dicom/frame-decoder.ts';
import { mostLostFrames } from '../../../main/dicom/lost-frames.ts';
import { buildDicom, patternFrame, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { encodeFrame } from '../../fixtures/dicom/encode-frame.ts';
import { spinningColumns, spinningFrame, spinningRows } from '../../fixtures/dicom/spinning-frame.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const decoders: FrameDecoder[] = [];
afterEach(async () => {
  await Promise.all(decoders.splice(0).map((decoder) => decoder.close()));
});

function newDecoder(): FrameDecoder {
  const decoder = new FrameDecoder({ cacheMiB: 16, workers: 2 });
  decoders.push(decoder);
  return decoder;
}

const size: DicomOptions = { syntax: 'jpeg-ls', rows: spinningRows, columns: spinningColumns };
const whole = encodeFrame('jpeg-ls', patternFrame(size, 0), {
  rows: spinningRows,
  columns: spinningColumns,
  channels: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  signed: false,
});

function clip(frames: readonly ('spins' | 'whole')[], uid: string): FrameSource {
  const encodedFrames = frames.map((kind) => (kind === 'spins' ? spinningFrame() : whole));
  const path = join(folder(), 'clip.dcm');
  writeFileSync(path, buildDicom({ ...size, frames: frames.length, encodedFrames }));
  return { sopInstanceUid: uid, path, fileName: 'clip.dcm', pixels: spinningRows * spinningColumns };
}

const outcomes = async (decoder: FrameDecoder, source: FrameSource, frames: readonly number[]) =>
  (await Promise.allSettled(frames.map((frame) => decoder.frame(source, frame)))).map((outcome) =>
    outcome.status === 'fulfilled' ? 'shown' : (outcome.reason as { code: string }).code,
  );

/** Processor time of the whole process, its threads included, ms. */
const processorMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

describe('a clip whose frames do not end', () => {
  it('costs two guarded frames and no more, however often it is asked for', async () => {
    const decoder = newDecoder();
    await decoder.warmUp();
    const source = clip(new Array<'spins'>(20).fill('spins'), '1.2.1');
    const all = Array.from({ length: 20 }, (_, frame) => frame);
    expect(await outcomes(decoder, source, all)).toEqual(new Array(20).fill('decode-failed'));
    const before = processorMs();
    for (let round = 0; round < 3; round += 1) {
      expect(await outcomes(decoder, source, all)).toEqual(new Array(20).fill('decode-failed'));
    }
    // Sixty frames at 0.75 s each, were any of them tried.
    expect(processorMs() - before).toBeLessThan(500 * mostLostFrames);
    await expect(decoder.frame(source, 9)).rejects.toMatchObject({ file: 'clip.dcm' });
  });

  it('holds one thread: a healthy clip beside it is decoded before the first frame of it is given up', async () => {
    const decoder = newDecoder();
    await decoder.warmUp();
    const spinning = clip(new Array<'spins'>(20).fill('spins'), '1.2.2');
    const healthy = clip(new Array<'whole'>(20).fill('whole'), '1.2.3');
    const ended: string[] = [];
    const spin = Promise.allSettled(
      Array.from({ length: 20 }, async (_, frame) => {
        await decoder.frame(spinning, frame).finally(() => ended.push('spinning'));
      }),
    );
    await Promise.all(
      Array.from({ length: 20 }, async (_, frame) => {
        await decoder.frame(healthy, frame);
        ended.push('healthy');
      }),
    );
    await spin;
    expect(ended.filter((kind) => kind === 'healthy')).toHaveLength(20);
    expect(ended[0]).toBe('healthy');
    // Asked for after all the others, every healthy frame came before the clip beside it was refused.
    expect(ended.lastIndexOf('healthy')).toBeLessThan(mostLostFrames + 20);
  });

  it('loses only the frame that does not end, when it is one', async () => {
    const decoder = newDecoder();
    const source = clip(['whole', 'spins', 'whole', 'whole'], '1.2.4');
    for (let round = 0; round < 2; round += 1) {
      expect(await outcomes(decoder, source, [0, 1, 2, 3])).toEqual([
        'shown',
        'decode-failed',
        'shown',
        'shown',
      ]);
    }
  });

  it('still shows the frames that were decoded before it was refused', async () => {
    const decoder = newDecoder();
    decoder.setCacheMiB(0);
    const source = clip(['whole', 'spins', 'spins', 'whole'], '1.2.5');
    const expected = ['shown', 'decode-failed', 'decode-failed', 'decode-failed'];
    expect(await outcomes(decoder, source, [0, 1, 2, 3])).toEqual(expected);
    expect(await outcomes(decoder, source, [0, 1, 2, 3])).toEqual(expected);
  });

  const found = join(process.env['SYSTOLA_TEST_DATA'] ?? '', 'attack', 'jpeg-ls-spins-20-frames.dcm');
  it.runIf(process.env['SYSTOLA_TEST_DATA'] !== undefined && existsSync(found))(
    'is refused as it was found, too',
    async () => {
      const decoder = newDecoder();
      const source = { sopInstanceUid: '1.2.6', path: found, pixels: spinningRows * spinningColumns };
      const all = Array.from({ length: 20 }, (_, frame) => frame);
      expect(await outcomes(decoder, source, all)).toEqual(new Array(20).fill('decode-failed'));
    },
  );
});
