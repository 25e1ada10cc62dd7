import type { ReportLogo } from './report-logo.ts';
import { readSvgElements, type SvgElement } from './svg-elements.ts';
import { type Paint, paintOf, transformOf } from './svg-paint.ts';

/** Says nothing that is drawn; what programs write for themselves has a prefix. */
const silent = ['title', 'desc', 'metadata'];
const groups = ['svg', 'g'];
const largest = 1e5;
const longestPath = 60_000;

/** A shape with its paint, as the page draws it. */
interface Shape {
  readonly transforms: readonly (readonly number[])[];
  readonly paint: Paint;
  readonly trace: (document: PDFKit.PDFDocument) => void;
}

/**
 * A drawing of plain shapes in plain colours, by the part of SVG 1.1 that logos are made of: paths, rectangles, circles,
 * ellipses, lines and polygons in groups with transforms. Whatever else there is (scripts, styles, text, pictures,
 * references, gradients) is refused by its name and not left out: half a logo is none.
 *
 * @throws Error what is not drawn
 */
export function readSvgLogo(bytes: Uint8Array): ReportLogo {
  const root = readSvgElements(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (root.name !== 'svg') throw new Error('it is no SVG');
  const [left, top, width, height] = viewBoxOf(root);
  const shapes = shapesOf(root, [], paintOf(root.attributes, null));
  if (shapes.length === 0) throw new Error('it draws nothing');
  return {
    width,
    height,
    draw(document, { x, y, scale }) {
      document.save();
      document.rect(x, y, width * scale, height * scale).clip();
      document.transform(scale, 0, 0, scale, x - left * scale, y - top * scale);
      for (const shape of shapes) drawShape(document, shape);
      document.restore();
    },
  };
}

function drawShape(document: PDFKit.PDFDocument, { transforms, paint, trace }: Shape): void {
  const { fill, stroke, strokeWidth, rule } = paint;
  if (fill === null && stroke === null) return;
  document.save();
  for (const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] of transforms) document.transform(a, b, c, d, e, f);
  trace(document);
  if (stroke !== null) document.lineWidth(strokeWidth);
  if (fill !== null && stroke !== null) document.fillAndStroke(fill, stroke, rule);
  else if (fill !== null) document.fill(fill, rule);
  else document.stroke(stroke ?? undefined);
  document.restore();
}

function shapesOf(element: SvgElement, transforms: readonly (readonly number[])[], paint: Paint): Shape[] {
  return element.children.flatMap((child): Shape[] => {
    if (silent.includes(child.name) || child.name.includes(':')) return [];
    requireHarmless(child);
    const own = transformOf(child.attributes.get('transform') ?? '');
    const within = [...transforms, ...own];
    const painted = paintOf(child.attributes, paint);
    if (groups.includes(child.name)) {
      if (child.name === 'svg') throw new Error('it has a drawing within the drawing');
      return shapesOf(child, within, painted);
    }
    if (child.name === 'defs' && child.children.every(({ name }) => name.includes(':'))) return [];
    return [{ transforms: within, paint: painted, trace: tracerOf(child) }];
  });
}

function requireHarmless({ name, attributes }: SvgElement): void {
  for (const key of attributes.keys()) {
    const isReference = key === 'href' || key.endsWith(':href');
    const isDrawn = ['clip-path', 'mask', 'filter', 'marker-start', 'marker-mid', 'marker-end'].includes(key);
    if (isReference || isDrawn || /^on/i.test(key)) throw new Error(`<${name}> has ${key}`);
  }
}

function tracerOf(element: SvgElement): Shape['trace'] {
  const number = (key: string, otherwise = 0): number => {
    const text = element.attributes.get(key);
    return text === undefined ? otherwise : numberOf(text, key);
  };
  switch (element.name) {
    case 'path': {
      const d = element.attributes.get('d') ?? '';
      if (d.length > longestPath) throw new Error('a path of it is too long');
      if (!/^[\s,MmLlHhVvCcSsQqTtAaZzEe\d.+-]*$/.test(d)) throw new Error('a path of it is none');
      return (document) => document.path(d);
    }
    case 'rect': {
      const [x, y, width, height] = [number('x'), number('y'), number('width'), number('height')];
      const radius = Math.min(number('rx', number('ry')), width / 2, height / 2);
      return (document) =>
        radius > 0 ? document.roundedRect(x, y, width, height, radius) : document.rect(x, y, width, height);
    }
    case 'circle': {
      const [x, y, radius] = [number('cx'), number('cy'), number('r')];
      return (document) => document.circle(x, y, radius);
    }
    case 'ellipse': {
      const [x, y, rx, ry] = [number('cx'), number('cy'), number('rx'), number('ry')];
      return (document) => document.ellipse(x, y, rx, ry);
    }
    case 'line': {
      const [x1, y1, x2, y2] = [number('x1'), number('y1'), number('x2'), number('y2')];
      return (document) => document.moveTo(x1, y1).lineTo(x2, y2);
    }
    case 'polyline':
    case 'polygon': {
      const points = pointsOf(element.attributes.get('points') ?? '');
      return (document) => {
        points.forEach(([x, y], index) => (index === 0 ? document.moveTo(x, y) : document.lineTo(x, y)));
        if (element.name === 'polygon') document.closePath();
      };
    }
    default:
      throw new Error(`it has <${element.name}>, which is not drawn`);
  }
}

function pointsOf(text: string): [number, number][] {
  if (text.length > longestPath) throw new Error('a polygon of it is too long');
  const numbers = text
    .trim()
    .split(/[\s,]+/)
    .map((each) => numberOf(each, 'points'));
  return numbers.flatMap((x, index) =>
    index % 2 === 0 && numbers[index + 1] !== undefined ? [[x, numbers[index + 1]!] as [number, number]] : [],
  );
}

/** A length in pixels; units of paper are none of a drawing's own. */
function numberOf(text: string, key: string): number {
  const value = Number(text.trim().replace(/px$/, ''));
  if (!Number.isFinite(value) || Math.abs(value) > largest) throw new Error(`${key} of it is no number`);
  return value;
}

function viewBoxOf({
  attributes,
}: SvgElement): readonly [x: number, y: number, width: number, height: number] {
  const stated = attributes.get('viewBox');
  const [x, y, width, height] =
    stated === undefined
      ? [0, 0, ...['width', 'height'].map((key) => numberOf(attributes.get(key) ?? '', key))]
      : stated
          .trim()
          .split(/[\s,]+/)
          .map((each) => numberOf(each, 'viewBox'));
  if (x === undefined || y === undefined || !(width! > 0) || !(height! > 0))
    throw new Error('it has no size');
  return [x, y, width!, height!];
}
