/** How a shape is painted; null: not at all. */
export interface Paint {
  readonly fill: string | null;
  readonly stroke: string | null;
  readonly strokeWidth: number;
  readonly rule: 'nonzero' | 'evenodd';
}

const initial: Paint = { fill: '#000000', stroke: null, strokeWidth: 1, rule: 'nonzero' };
/** Names that logos use; others are written as numbers by every program. */
const named: Readonly<Record<string, string>> = {
  black: '#000000',
  white: '#ffffff',
  red: '#ff0000',
  green: '#008000',
  blue: '#0000ff',
  navy: '#000080',
  teal: '#008080',
  maroon: '#800000',
  orange: '#ffa500',
  yellow: '#ffff00',
  purple: '#800080',
  silver: '#c0c0c0',
  gray: '#808080',
  grey: '#808080',
};
const most = 1e4;

/** The paint of an element: its own, by attribute or style, else that of what it stands in. @throws Error what is not drawn */
export function paintOf(attributes: ReadonlyMap<string, string>, above: Paint | null): Paint {
  const inherited = above ?? initial;
  const styled = declarationsOf(attributes.get('style') ?? '');
  if (/url\(/i.test(attributes.get('style') ?? '')) throw new Error('its style refers to something');
  const of = (key: string): string | undefined => styled.get(key) ?? attributes.get(key);
  for (const key of ['opacity', 'fill-opacity', 'stroke-opacity']) {
    if (Number(of(key) ?? 1) !== 1) throw new Error('a part of it is transparent');
  }
  if (of('display') === 'none' || of('visibility') === 'hidden') throw new Error('a part of it is hidden');
  const width = of('stroke-width');
  const strokeWidth = width === undefined ? inherited.strokeWidth : Number(width.replace(/px$/, ''));
  if (!(strokeWidth >= 0 && strokeWidth < most)) throw new Error('stroke-width of it is no number');
  const rule = of('fill-rule') ?? inherited.rule;
  return {
    fill: colourOf(of('fill'), inherited.fill),
    stroke: colourOf(of('stroke'), inherited.stroke),
    strokeWidth,
    rule: rule === 'evenodd' ? 'evenodd' : 'nonzero',
  };
}

const declarationsOf = (style: string): ReadonlyMap<string, string> =>
  new Map(
    style.split(';').flatMap((declaration): [string, string][] => {
      const at = declaration.indexOf(':');
      return at < 0 ? [] : [[declaration.slice(0, at).trim(), declaration.slice(at + 1).trim()]];
    }),
  );

function colourOf(text: string | undefined, inherited: string | null): string | null {
  const value = text?.trim().toLowerCase();
  if (value === undefined || value === 'inherit') return inherited;
  if (value === 'none' || value === 'transparent') return null;
  if (value === 'currentcolor') return initial.fill;
  const short = /^#([\da-f])([\da-f])([\da-f])$/.exec(value);
  if (short !== null)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`;
  if (/^#[\da-f]{6}$/.test(value)) return value;
  const parts = /^rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(value);
  if (parts !== null) {
    const bytes = parts.slice(1).map((part) => Math.min(255, Number(part)).toString(16).padStart(2, '0'));
    return `#${bytes.join('')}`;
  }
  const known = Object.hasOwn(named, value) ? named[value] : undefined;
  if (known === undefined) throw new Error(`its colour "${value.slice(0, 40)}" is not drawn`);
  return known;
}

/** The matrices of a transform attribute, in their order. @throws Error what is not drawn */
export function transformOf(text: string): number[][] {
  const found: number[][] = [];
  const rest = text.replaceAll(/([a-zA-Z]+)\s*\(([^)]*)\)[\s,]*/g, (_, kind: string, list: string) => {
    const values = list
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    if (!values.every((value) => Number.isFinite(value) && Math.abs(value) <= most * 10)) {
      throw new Error('a transform of it is none');
    }
    found.push(...matricesOf(kind, values));
    return '';
  });
  if (rest.trim() !== '') throw new Error('a transform of it is none');
  return found;
}

function matricesOf(kind: string, values: readonly number[]): number[][] {
  const [a = 0, b] = values;
  switch (kind) {
    case 'matrix':
      if (values.length !== 6) break;
      return [[...values]];
    case 'translate':
      return [[1, 0, 0, 1, a, b ?? 0]];
    case 'scale':
      return [[a, 0, 0, b ?? a, 0, 0]];
    case 'rotate': {
      const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
      const [, x = 0, y = 0] = values;
      return [
        [1, 0, 0, 1, x, y],
        [cos, sin, -sin, cos, 0, 0],
        [1, 0, 0, 1, -x, -y],
      ];
    }
  }
  throw new Error(`its transform "${kind.slice(0, 20)}" is not drawn`);
}
