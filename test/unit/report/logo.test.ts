import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { mostLogoBytes } from '../../../core/api/report.ts';
import { readLogo } from '../../../main/report/logo/read-logo.ts';
import { encodeJpeg } from '../../fixtures/dicom/encode-jpeg.ts';

const svg = (inside: string, head = 'viewBox="0 0 40 10"') =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${head}>${inside}</svg>`);
const read = (bytes: Uint8Array) => readLogo(bytes, 'house');

function png(change: (image: PNG) => void = () => undefined): Buffer {
  const image = new PNG({ width: 8, height: 4 });
  image.data.fill(255);
  change(image);
  return PNG.sync.write(image);
}

/** A chunk of a PNG with whatever in it; its checksum is of no interest here. */
const withHead = (width: number, height: number, interlace = 0): Buffer => {
  const bytes = png();
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes[28] = interlace;
  return bytes;
};

describe('a logo', () => {
  it('is a PNG, on white where it is transparent', async () => {
    const logo = await read(png((image) => image.data.fill(0)));
    expect([logo.width, logo.height]).toEqual([8, 4]);
    // A transparent black picture is a white one on paper: the same as one that is white.
    const drawn = async (bytes: Buffer): Promise<string> => {
      const document = new PDFDocument({ font: '', compress: false, info: { CreationDate: new Date(0) } });
      const chunks: Buffer[] = [];
      document.on('data', (chunk: Buffer) => chunks.push(chunk));
      const ended = new Promise((resolve) => document.on('end', resolve));
      (await read(bytes)).draw(document, { x: 0, y: 0, scale: 1 });
      document.end();
      await ended;
      return Buffer.concat(chunks)
        .toString('latin1')
        .replaceAll(/\/ID \[.*\]/g, '');
    };
    expect(await drawn(png((image) => image.data.fill(0)))).toBe(await drawn(png()));
  });

  it('is a JPEG', async () => {
    const samples = new Uint8Array(16 * 24 * 3).fill(90);
    const bytes = Buffer.from(encodeJpeg(samples, { rows: 16, columns: 24, channels: 3 }));
    const logo = await read(bytes);
    expect([logo.width, logo.height]).toEqual([24, 16]);
    // Any number of scans, each as long as the picture, may follow.
    const progressive = Buffer.from(bytes);
    progressive[progressive.indexOf(Buffer.from([0xff, 0xc0])) + 1] = 0xc2;
    await expect(read(progressive)).rejects.toThrow('it is a progressive JPEG');
  });

  it.each([
    '<rect x="1" y="1" width="30" height="8" rx="2" fill="#1f4e8c"/>',
    '<path d="M0 0 L10 10 A5 5 0 0 1 20 0 Z" style="fill:rgb(1,2,3);stroke:none"/>',
    '<g transform="translate(2 3) rotate(30) scale(2)"><circle cx="1" cy="1" r="1" fill="red"/></g>',
    '<polygon points="0,0 10,0 5,8" fill="none" stroke="black" stroke-width="0.5"/>',
    '<title>House</title><line x1="0" y1="0" x2="5" y2="5" stroke="#000"/><ellipse cx="3" cy="3" rx="2" ry="1"/>',
    '<!-- by hand --><metadata><rdf:RDF/></metadata><inkscape:view/><polyline points="0 0 3 3" stroke="teal"/>',
  ])('is a drawing of plain shapes: %s', async (inside) => {
    const logo = await read(svg(inside));
    expect([logo.width, logo.height]).toEqual([40, 10]);
  });

  it.each([
    ['<script>alert(1)</script>', 'it has <script>'],
    ['<image href="http://127.0.0.1/x.png"/>', '<image> has href'],
    ['<rect width="1" height="1" onload="x()"/>', '<rect> has onload'],
    ['<use xlink:href="#a"/>', '<use> has xlink:href'],
    ['<foreignObject/>', 'it has <foreignObject>'],
    ['<style>rect{fill:red}</style>', 'it has <style>'],
    ['<text>House</text>', 'it has <text>'],
    ['<defs><linearGradient id="a"/></defs>', 'it has <defs>'],
    ['<rect width="1" height="1" fill="url(#a)"/>', 'is not drawn'],
    ['<rect width="1" height="1" style="clip-path:url(#a)"/>', 'its style refers to something'],
    ['<rect width="1" height="1" clip-path="x"/>', '<rect> has clip-path'],
    ['<rect width="1e9" height="1"/>', 'width of it is no number'],
    ['<path d="M0 0 javascript:1"/>', 'a path of it is none'],
    ['<rect width="1" height="1" transform="skewY(3)"/>', 'skewY'],
    ['<rect width="1" height="1" opacity="0.4"/>', 'transparent'],
    ['<rect width="1" height="1" fill="&lol;"/>', 'it uses an entity'],
    ['<rect width="1" height="1"', 'no well-formed XML'],
    ['<g>'.repeat(40) + '</g>'.repeat(40), 'too deep'],
    ['<g/>'.repeat(4000), 'more than 3000 elements'],
    ['', 'it draws nothing'],
  ])('is none that does something else: %s', async (inside, why) => {
    await expect(read(svg(inside))).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(why) as string,
    });
  });

  it.each([
    ['a document type', Buffer.from('<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg/>')],
    ['no size', Buffer.from('<svg><rect width="1" height="1"/></svg>')],
    ['nothing', Buffer.alloc(0)],
    ['a GIF', Buffer.from('GIF89a')],
    ['a PNG of many pixels', withHead(60_000, 60_000)],
    ['an interlaced PNG', withHead(8, 4, 1)],
    ['a PNG cut short', png().subarray(0, 40)],
    [
      'a JPEG cut short',
      Buffer.from(encodeJpeg(new Uint8Array(256), { rows: 16, columns: 16, channels: 1 })).subarray(0, 30),
    ],
    ['a PNG that inflates to more than it is', bomb()],
  ])('is none: %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'malformed', file: 'house' });
  });

  it('is no larger than any logo is', async () => {
    await expect(read(Buffer.concat([png(), Buffer.alloc(mostLogoBytes)]))).rejects.toMatchObject({
      code: 'too-large',
    });
  });

  it('is the application’s own icon', async () => {
    const icon = readFileSync(join(import.meta.dirname, '../../../renderer/public/icon.svg'));
    await expect(read(icon)).resolves.toMatchObject({ width: expect.any(Number) as number });
  });
});

/** Says that it is tiny, and inflates to a hundred megabytes. */
function bomb(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  return Buffer.concat([
    png().subarray(0, 33),
    chunk('IDAT', deflateSync(Buffer.alloc(100 << 20))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
