/** An element of an SVG file with what it holds, text left out. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly SvgElement[];
}

const mostElements = 3000;
const deepest = 24;
const mostAttributes = 60;
const name = /^[A-Za-z_][\w:.-]*/;
const attribute = /^\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/;

/**
 * The elements of an SVG, read as strictly as a drawing needs: no document type and no entity of its own, no CDATA and no
 * instruction, so that nothing grows and nothing is fetched.
 *
 * @throws Error what is not read
 */
export function readSvgElements(text: string): SvgElement {
  let rest = text.replace(/^\uFEFF?\s*(?:<\?xml\s[^>]{0,200}\?>)?/, '');
  let count = 0;
  const skip = (): void => {
    for (;;) {
      rest = rest.replace(/^[^<]+/, '');
      if (!rest.startsWith('<!--')) return;
      const end = rest.indexOf('-->', 4);
      if (end < 0) throw new Error('a comment does not end');
      rest = rest.slice(end + 3);
    }
  };
  const element = (depth: number): SvgElement => {
    if (depth > deepest) throw new Error('its elements stand too deep in each other');
    count += 1;
    if (count > mostElements) throw new Error(`it has more than ${mostElements} elements`);
    if (/^<[!?]/.test(rest)) throw new Error('it has a document type, an instruction or CDATA');
    const [found] = name.exec(rest.slice(1)) ?? [];
    if (found === undefined) throw new Error('it is no well-formed XML');
    rest = rest.slice(1 + found.length);
    const attributes = new Map<string, string>();
    for (let match = attribute.exec(rest); match !== null; match = attribute.exec(rest)) {
      const [whole, key = '', quoted, single] = match;
      if (attributes.size >= mostAttributes) throw new Error('an element has too many attributes');
      attributes.set(key, plain(quoted ?? single ?? ''));
      rest = rest.slice(whole.length);
    }
    const [end] = /^\s*\/?>/.exec(rest) ?? [];
    if (end === undefined) throw new Error('it is no well-formed XML');
    rest = rest.slice(end.length);
    const children: SvgElement[] = [];
    if (end.endsWith('/>')) return { name: found, attributes, children };
    for (;;) {
      skip();
      const [closing] = new RegExp(`^</${found.replaceAll('.', '\\.')}\\s*>`).exec(rest) ?? [];
      if (closing !== undefined) {
        rest = rest.slice(closing.length);
        return { name: found, attributes, children };
      }
      if (rest === '' || rest.startsWith('</')) throw new Error('it is no well-formed XML');
      children.push(element(depth + 1));
    }
  };
  skip();
  const root = element(0);
  skip();
  if (rest !== '') throw new Error('something follows its drawing');
  return root;
}

/** Of characters that XML writes in another way only those five that every file knows. */
function plain(value: string): string {
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(value)) throw new Error('it uses an entity');
  return value
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
