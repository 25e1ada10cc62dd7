import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { SystolaError } from '../../core/error.ts';
import { FrameDecoder } from '../dicom/frame-decoder.ts';
import { encodePng } from '../dicom/png.ts';
import { closeGuardedReader, readInstanceGuarded } from '../dicom/guarded-reader.ts';
import { asksForHelp } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { makeFolder } from '../files/make-folder.ts';

const usage = `systola frames <file> --out <dir>

Writes the displayed pixels of each frame as <dir>/0000.png, 0001.png, …

Exit code: 0 all frames were written, 1 some cannot be decoded and are named, 2 the file could not be
read or the folder not written, 64 bad usage.`;

/** `systola frames`: returns the exit code. Messages go to standard error. */
export async function runFrames(argv: readonly string[]): Promise<number> {
  if (asksForHelp(argv)) {
    console.log(usage);
    return exitCodes.done;
  }
  const options = parse(argv);
  if (options === null) {
    process.stderr.write(`${usage}\n`);
    return exitCodes.usage;
  }
  const decoder = new FrameDecoder({ cacheMiB: 64 });
  try {
    const missing = await writeFrames(decoder, options.file, options.out);
    return missing === 0 ? exitCodes.done : exitCodes.partly;
  } catch (error) {
    process.stderr.write(`${options.file}: ${reason(error)}\n`);
    return exitCodes.nothing;
  } finally {
    await Promise.all([decoder.close(), closeGuardedReader()]);
  }
}

function parse(argv: readonly string[]): { file: string; out: string } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { out: { type: 'string' } },
      allowPositionals: true,
    });
    const [file] = positionals;
    return positionals.length === 1 && file && values.out ? { file, out: values.out } : null;
  } catch {
    return null;
  }
}

/** Returns how many frames have no picture because their data are damaged. */
async function writeFrames(decoder: FrameDecoder, file: string, out: string): Promise<number> {
  const { clip, pixels } = await readInstanceGuarded(file);
  await makeFolder(out);
  const source = {
    sopInstanceUid: clip.sopInstanceUid,
    path: file,
    fileName: basename(file),
    pixels: pixels.rows * pixels.columns,
  };
  const batch = 8;
  let missing = 0;
  for (let first = 0; first < clip.frames; first += batch) {
    const frames = Array.from({ length: Math.min(batch, clip.frames - first) }, (_, index) => first + index);
    await Promise.all(
      frames.map(async (frame) => {
        const name = `${String(frame).padStart(4, '0')}.png`;
        try {
          const png = encodePng(await decoder.frame(source, frame));
          await writeFile(join(out, name), png);
        } catch (error) {
          if (!(error instanceof SystolaError) || error.code !== 'decode-failed') throw error;
          missing += 1;
          // A person counts from 1, the files from 0.
          process.stderr.write(`${file}: ${error.message} There is no ${name}.\n`);
        }
      }),
    );
    process.stderr.write(`${first + frames.length} of ${clip.frames} frames\n`);
  }
  if (missing === clip.frames) {
    throw new SystolaError('decode-failed', 'No frame of the clip can be decoded.', file);
  }
  return missing;
}

function reason(error: unknown): string {
  if (error instanceof SystolaError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
