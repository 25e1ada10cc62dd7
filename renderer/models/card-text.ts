/*
 * The part of Markdown that model cards use: headings, paragraphs, lists, tables, quotes, code, emphasis and links.
 * The result is a tree of plain text, never HTML: what a card contains cannot become an element of the page.
 */

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly content: readonly Inline[] }
  | { readonly kind: 'emphasis'; readonly content: readonly Inline[] }
  /** Shown with its address, not followed: the window opens nothing from elsewhere. */
  | { readonly kind: 'link'; readonly content: readonly Inline[]; readonly address: string };

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly content: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'quote'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly kind: 'table';
      readonly header: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' };

const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const rule = /^ {0,3}([-*_])\s*(\1\s*){2,}$/;
const fence = /^ {0,3}(```|~~~)/;
const bullet = /^\s*[-*+]\s+(.*)$/;
const numbered = /^\s*\d{1,9}[.)]\s+(.*)$/;
const quote = /^ {0,3}>\s?(.*)$/;
const tableRule = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** Blocks of a card's text. */
export function cardBlocks(text: string): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const line = () => lines[at] ?? '';
  /** The lines from here on that the test takes, joined. */
  const gather = (takes: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (at < lines.length && takes(line())) taken.push(lines[at++] ?? '');
    return taken;
  };
  while (at < lines.length) {
    const found = heading.exec(line());
    if (line().trim() === '') {
      at += 1;
    } else if (fence.test(line())) {
      at += 1;
      const code = gather((next) => !fence.test(next));
      at += 1;
      blocks.push({ kind: 'code', text: code.join('\n') });
    } else if (found) {
      at += 1;
      blocks.push({ kind: 'heading', level: found[1]?.length ?? 1, content: inlines(found[2] ?? '') });
    } else if (rule.test(line())) {
      at += 1;
      blocks.push({ kind: 'rule' });
    } else if (line().includes('|') && tableRule.test(lines[at + 1] ?? '')) {
      const header = cells(line());
      at += 2;
      const rows = gather((next) => next.includes('|') && next.trim() !== '').map(cells);
      blocks.push({ kind: 'table', header, rows });
    } else if (quote.test(line())) {
      const quoted = gather((next) => quote.test(next)).map((next) => quote.exec(next)?.[1] ?? '');
      blocks.push({ kind: 'quote', content: inlines(quoted.join(' ')) });
    } else if (bullet.test(line()) || numbered.test(line())) {
      blocks.push(list(gather((next) => next.trim() !== '' && !startsOther(next))));
    } else {
      const first = lines[at++] ?? '';
      const rest = gather(
        (next) => next.trim() !== '' && !startsOther(next) && !bullet.test(next) && !numbered.test(next),
      );
      blocks.push({ kind: 'paragraph', content: inlines([first, ...rest].map((one) => one.trim()).join(' ')) });
    }
  }
  return blocks;
}

const startsOther = (line: string) =>
  heading.test(line) || rule.test(line) || fence.test(line) || quote.test(line);

function list(lines: readonly string[]): Block {
  const items: string[] = [];
  for (const line of lines) {
    const item = bullet.exec(line)?.[1] ?? numbered.exec(line)?.[1];
    // A line without a mark of its own goes on with the item before.
    if (item !== undefined) items.push(item);
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return { kind: 'list', ordered: numbered.test(lines[0] ?? ''), items: items.map(inlines) };
}

function cells(row: string): (readonly Inline[])[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => inlines(cell.trim()));
}

/** Emphasis, code and links of one line of text; a mark without its partner is text. */
export function inlines(text: string): Inline[] {
  const found: Inline[] = [];
  /** Marks that have no partner in the rest of the text, so that it is searched for them once. */
  const alone = new Set<string>();
  let plain = '';
  let at = 0;
  const add = (inline: Inline, end: number): void => {
    if (plain !== '') found.push({ kind: 'text', text: plain });
    plain = '';
    found.push(inline);
    at = end;
  };
  const partner = (mark: string, from: number): number => {
    if (alone.has(mark)) return -1;
    const end = text.indexOf(mark, from);
    if (end < 0) alone.add(mark);
    return end;
  };
  while (at < text.length) {
    const mark = markAt(text, at);
    const end = mark === null ? -1 : partner(mark === '[' ? ']' : mark, at + mark.length);
    if (mark === null || end <= at + mark.length) {
      plain += mark ?? text[at];
      at += mark?.length ?? 1;
    } else if (mark === '`') {
      add({ kind: 'code', text: text.slice(at + 1, end) }, end + 1);
    } else if (mark === '[') {
      const close = partner(')', end + 2);
      const content = inlines(text.slice(at + 1, end));
      add({ kind: 'link', content, address: text.slice(end + 2, close) }, close + 1);
    } else {
      const content = inlines(text.slice(at + mark.length, end));
      add({ kind: mark.length === 2 ? 'strong' : 'emphasis', content }, end + mark.length);
    }
  }
  if (plain !== '') found.push({ kind: 'text', text: plain });
  return found;
}

/** The mark that opens something here, null where there is none. */
function markAt(text: string, at: number): string | null {
  const next = text[at];
  if (next === '`') return '`';
  if (next === '[') return linkOpens(text, at) ? '[' : null;
  if (next !== '*' && next !== '_') return null;
  const mark = text[at + 1] === next ? next + next : next;
  const after = text[at + mark.length] ?? ' ';
  // Inside of a word an underscore is part of a name.
  const inWord = next === '_' && /[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ');
  return /\s/.test(after) || inWord ? null : mark;
}

function linkOpens(text: string, at: number): boolean {
  return /^\[[^[\]]{1,500}\]\([^()\s]{1,2000}\)/.test(text.slice(at, at + 2600));
}
