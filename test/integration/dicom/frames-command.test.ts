import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDicom, patternFrame, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { encodeFrame } from '../../fixtures/dicom/encode-frame.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'systola-frames-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = resolve(import.meta.dirname, '../../../main/cli/frames.ts');

function systolaFrames(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((settle) => {
    const program =
      'import(process.argv[1]).then(async ({ runFrames }) => { process.exitCode = await runFrames(process.argv.slice(2)); })';
    const args = ['--eval', program, entry, ...argv];
    execFile(process.execPath, args, (error, stdout, stderr) => {
      settle({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe('systola frames', () => {
  it.each(['MONOCHROME2', 'RGB'])('writes every frame of a %s clip as PNG', async (photometric) => {
    const options: DicomOptions = { photometric, frames: 11, rows: 7, columns: 9, syntax: 'rle' };
    const file = join(folder, `${photometric}.dcm`);
    const out = join(folder, photometric, 'frames');
    writeFileSync(file, buildDicom(options));
    const { code, stdout, stderr } = await systolaFrames(file, '--out', out);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('11 of 11 frames');
    const names = readdirSync(out).toSorted();
    expect(names).toHaveLength(11);
    expect([names[0], names[10]]).toEqual(['0000.png', '0010.png']);
    names.forEach((name, frame) => {
      const bytes = readFileSync(join(out, name));
      // Colour type of the IHDR chunk: 0 grey, 2 RGB.
      expect([bytes[24], bytes[25]]).toEqual([8, photometric === 'RGB' ? 2 : 0]);
      const { width, height, data } = PNG.sync.read(bytes);
      expect([width, height]).toEqual([9, 7]);
      const samples = patternFrame(options, frame);
      const expected = photometric === 'RGB' ? samples : samples.flatMap((value) => [value, value, value]);
      expect([...data].filter((_, index) => index % 4 !== 3)).toEqual(expected);
    });
  });

  it.each(['jpeg', 'jpeg-ls', 'jpeg-2000', 'jpeg-lossless', 'rle'] as const)(
    'ends with 1 where a frame is damaged, names it and the file that is not there, and writes the others: %s',
    async (syntax) => {
      const layout = {
        rows: 32,
        columns: 40,
        channels: 1,
        bitsAllocated: 8,
        bitsStored: 8,
        signed: false,
      } as const;
      const options: DicomOptions = { ...layout, frames: 5, syntax };
      const encodedFrames = Array.from({ length: 5 }, (_, frame) =>
        encodeFrame(syntax, patternFrame(options, frame), layout),
      );
      encodedFrames[3] = new Uint8Array(encodedFrames[3]!.length).fill(0x5a);
      const file = join(folder, `damaged-${syntax}.dcm`);
      writeFileSync(file, buildDicom({ ...options, encodedFrames }));
      const out = join(folder, `damaged-${syntax}`);
      const { code, stderr } = await systolaFrames(file, '--out', out);
      expect(code).toBe(1);
      expect(stderr).toContain('Frame 4 cannot be decoded');
      expect(stderr).toContain('There is no 0003.png.');
      expect(readdirSync(out).toSorted()).toEqual(['0000.png', '0001.png', '0002.png', '0004.png']);
    },
  );

  it('says how it is used where it is asked, which is no mistake', async () => {
    const { code, stdout, stderr } = await systolaFrames('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('systola frames <file> --out <dir>');
  });

  it('ends with 64 for bad usage', async () => {
    for (const argv of [[], ['a.dcm'], ['--out', folder], ['a', 'b', '--out', folder], ['a', '--odd']]) {
      const { code, stderr } = await systolaFrames(...argv);
      expect(code).toBe(64);
      expect(stderr).toContain('systola frames <file> --out <dir>');
    }
  });

  it('ends with 2 and the reason when the file cannot be read', async () => {
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'no DICOM');
    const refused = await systolaFrames(text, '--out', join(folder, 'none'));
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('not a DICOM file');
    const missing = await systolaFrames(join(folder, 'gone.dcm'), '--out', join(folder, 'none'));
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('gone.dcm');
  });
});
