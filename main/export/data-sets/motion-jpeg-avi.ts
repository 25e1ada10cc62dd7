/** A loop as it is written: each frame a JPEG of this size. */
export interface MotionJpeg {
  readonly rows: number;
  readonly columns: number;
  /** Frames a second. */
  readonly frameRate: number;
  readonly frames: readonly Uint8Array[];
}

const hasIndex = 0x10;
const keyFrame = 0x10;
/** A thousandth of a frame a second is as near as any reader shows it. */
const rateScale = 1000;

/**
 * An AVI file of motion JPEG: RIFF with one stream of key frames and an index, as "AVI RIFF File Reference" of Microsoft
 * describes it.
 */
export function motionJpegAvi({ rows, columns, frameRate, frames }: MotionJpeg): Uint8Array {
  const largest = Math.max(0, ...frames.map(({ length }) => length));
  const rate = Math.max(1, Math.round(frameRate * rateScale));
  const header = words(
    [Math.round((1_000_000 * rateScale) / rate), Math.ceil((largest * rate) / rateScale), 0, hasIndex],
    [frames.length, 0, 1, largest, columns, rows, 0, 0, 0, 0],
  );
  const stream = Buffer.concat([
    Buffer.from('vidsMJPG', 'latin1'),
    words([0, 0, 0, rateScale, rate, 0, frames.length, largest, 0xffffffff, 0]),
    shorts(0, 0, columns, rows),
  ]);
  const format = Buffer.concat([
    words([40, columns, rows]),
    shorts(1, 24),
    Buffer.from('MJPG', 'latin1'),
    words([rows * columns * 3, 0, 0, 0, 0]),
  ]);
  const index: Buffer[] = [];
  const movie: Uint8Array[] = [];
  // Counted from the list's name on.
  let offset = 4;
  for (const frame of frames) {
    const stored = chunk('00dc', frame);
    index.push(Buffer.from('00dc', 'latin1'), words([keyFrame, offset, frame.length]));
    movie.push(stored);
    offset += stored.length;
  }
  return chunk(
    'RIFF',
    Buffer.concat([
      Buffer.from('AVI ', 'latin1'),
      list('hdrl', chunk('avih', header), list('strl', chunk('strh', stream), chunk('strf', format))),
      list('movi', ...movie),
      chunk('idx1', Buffer.concat(index)),
    ]),
  );
}

const list = (name: string, ...parts: readonly Uint8Array[]): Buffer =>
  chunk('LIST', Buffer.concat([Buffer.from(name, 'latin1'), ...parts]));

/** Padded to an even length, which its own length does not count. */
function chunk(name: string, content: Uint8Array): Buffer {
  const stored = Buffer.alloc(8 + content.length + (content.length % 2));
  stored.write(name, 0, 'latin1');
  stored.writeUInt32LE(content.length, 4);
  stored.set(content, 8);
  return stored;
}

function words(...values: readonly (readonly number[])[]): Buffer {
  const all = values.flat();
  const bytes = Buffer.alloc(4 * all.length);
  all.forEach((value, at) => bytes.writeUInt32LE(value, 4 * at));
  return bytes;
}

function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => bytes.writeUInt16LE(value, 2 * at));
  return bytes;
}
