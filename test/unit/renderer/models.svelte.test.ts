import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../../renderer/api/client.ts';
import { inWords } from '../../../renderer/words/language.svelte.ts';
import { cardBlocks, inlines, type Block } from '../../../renderer/models/card-text.ts';
import {
  correctionWords,
  countWords,
  fileSizeWords,
  intervalWords,
  metricNumber,
  metricUnit,
  metricWords,
  refusalWords,
  shortHash,
} from '../../../renderer/models/model-words.ts';
import { manifestOf, microModel } from '../../fixtures/models/model-folder.ts';
import { threadCpuMs } from '../../fixtures/cpu-time.ts';

const text = (words: string) => ({ kind: 'text', text: words }) as const;

describe('a model card', () => {
  it('is headings, paragraphs, lists, tables, quotes and code', () => {
    const card = [
      '# Title #',
      'Two lines',
      'of one paragraph.',
      '',
      '| data | Dice |',
      '|---|--:|',
      '| CAMUS | 0.92 |',
      '',
      '- first,',
      '  going on',
      '- second',
      '1) not of the list above in most Markdown, but kept with it',
      '',
      '> quoted',
      '***',
      '```python',
      '# no heading',
      '```',
      'end',
    ].join('\n');
    expect(cardBlocks(card)).toEqual([
      { kind: 'heading', level: 1, content: [text('Title')] },
      { kind: 'paragraph', content: [text('Two lines of one paragraph.')] },
      {
        kind: 'table',
        header: [[text('data')], [text('Dice')]],
        rows: [[[text('CAMUS')], [text('0.92')]]],
      },
      {
        kind: 'list',
        ordered: false,
        items: [
          [text('first, going on')],
          [text('second')],
          [text('not of the list above in most Markdown, but kept with it')],
        ],
      },
      { kind: 'quote', content: [text('quoted')] },
      { kind: 'rule' },
      { kind: 'code', text: '# no heading' },
      { kind: 'paragraph', content: [text('end')] },
    ] satisfies Block[]);
  });

  it('has emphasis, code and links; a mark without its partner is text', () => {
    expect(inlines('**Data.** a *b* `c*d` e_f_g')).toEqual([
      { kind: 'strong', content: [text('Data.')] },
      text(' a '),
      { kind: 'emphasis', content: [text('b')] },
      text(' '),
      { kind: 'code', text: 'c*d' },
      text(' e_f_g'),
    ]);
    expect(inlines('2 * 3 ** and `open [x] (y)')).toEqual([text('2 * 3 ** and `open [x] (y)')]);
    expect(inlines('[a *b*](https://example.org)')).toEqual([
      {
        kind: 'link',
        content: [text('a '), { kind: 'emphasis', content: [text('b')] }],
        address: 'https://example.org',
      },
    ]);
  });

  it('holds HTML as text only', () => {
    const hostile = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>';
    const [block] = cardBlocks(hostile);
    expect(block?.kind).toBe('paragraph');
    expect(JSON.stringify(block)).toContain('<img src=x onerror=alert(1)>');
  });

  it('of each shipped model reads whole', () => {
    const shipped = resolve(import.meta.dirname, '../../../models/shipped');
    const cards = readdirSync(shipped, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => readFileSync(resolve(shipped, name, 'card.md'), 'utf8'));
    expect(cards.length).toBeGreaterThan(0);
    for (const card of cards) {
      const blocks = cardBlocks(card);
      const kinds = [...new Set(blocks.map(({ kind }) => kind))];
      expect(kinds).toEqual(expect.arrayContaining(['heading', 'paragraph', 'table']));
      expect(JSON.stringify(blocks)).not.toContain('**');
    }
  });

  it.each(['*', '**', '_', '`', '[', '[a](', '|', '- ', '> ', '#'])(
    'of nothing but "%s" is read at once',
    (mark) => {
      const began = threadCpuMs();
      cardBlocks(mark.repeat(200_000 / mark.length));
      cardBlocks(`${mark}a `.repeat(50_000));
      expect(threadCpuMs() - began).toBeLessThan(5000);
    },
  );
});

describe('words of a model', () => {
  it('give numbers their unit and no more digits than mean something', () => {
    expect(metricWords('dice')).toBe('Dice');
    expect(metricNumber('dice', 0.92294)).toBe('0.923');
    expect(`${metricNumber('hd95-mm', 4.512)} ${metricUnit('hd95-mm')}`).toBe('4.5 mm');
    expect([metricWords('new-metric'), metricUnit('new-metric')]).toEqual(['new-metric', '']);
    const row = { dataset: '', metric: 'dice', value: 0.9, lower95: 0.88, upper95: 0.913, n: 3 };
    expect(intervalWords(row)).toBe('0.880 to 0.913');
    expect(intervalWords({ ...row, upper95: null })).toBe('–');
  });

  it('name the file that was refused and the model that stays in use', () => {
    const used = { name: 'a', folder: '/models/a' };
    const other = { name: 'b', folder: '/models/b' };
    const large = new RequestError('too-large', 413, 'It is too large.', 'C:\\b\\model.onnx');
    expect(inWords(refusalWords(large, null, used))).toBe('model.onnx: It is too large. a stays in use.');
    const named = new RequestError('model-not-found', 404, 'The folder "b" is empty.', '/models/b');
    expect(inWords(refusalWords(named, other, used))).toBe('The folder "b" is empty. a stays in use.');
    expect(inWords(refusalWords(named, other, null))).toBe('The folder "b" is empty.');
    expect(inWords(refusalWords(new Error('It is bad.'), used, used))).toBe('It is bad.');
  });

  it('of how corrections are carried: by displacement where nothing is said, else through which memory', () => {
    const manifest = manifestOf(microModel);
    const { propagation: _, correction: _network, ...plain } = manifest;
    const correction = { sha256: 'ab'.repeat(32) } as NonNullable<typeof manifest.correction>;
    const byMemory = { ...plain, propagation: 'memory' } as const;
    expect(correctionWords(plain)).toMatch(/displacement/);
    expect(correctionWords({ ...plain, propagation: 'displacement', correction })).toMatch(/displacement/);
    expect(correctionWords(byMemory)).toMatch(/own memory/);
    expect(correctionWords({ ...byMemory, correction })).toMatch(/network of their own, abababababab…ababab/);
  });

  it('are short', () => {
    expect([fileSizeWords(116_000), fileSizeWords(9_400_000), fileSizeWords(36_200_000)]).toEqual([
      '116 kB',
      '9.4 MB',
      '36 MB',
    ]);
    expect([countWords(2_769_078), countWords(29_162), countWords(12_660_000_000)]).toEqual([
      '2.77 million',
      '29 thousand',
      '12.7 billion',
    ]);
    expect(shortHash('fc9d9005e755b48fbea029d7b341729f84db0de4e25ba0152d64e3d963d2b20e')).toBe(
      'fc9d9005e755…d2b20e',
    );
  });
});
