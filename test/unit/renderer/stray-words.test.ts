import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { strayWords } from '../../fixtures/language/stray-words.ts';

const renderer = resolve(import.meta.dirname, '../../../renderer');

const files = (folder: string): string[] =>
  readdirSync(join(renderer, folder), { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.(ts|svelte)$/.test(name))
    .map((entry) => relative(renderer, join(entry.parentPath, entry.name)))
    .toSorted();

const said = readdirSync(renderer, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What is the same in every language, and why it is looked at all the same. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // The product's name.
  'app/Header.svelte': ['Systola'],
  // A sign that Unicode counts among the letters.
  'app/LibraryBanner.svelte': ['ℹ'],
  // CSS: a place, selectors and a query.
  'curve/CurveMenu.svelte': ['px; bottom:'],
  'deidentify/MaskPicture.svelte': ['(pointer: coarse)'],
  'keyboard/focus.ts': [
    'select, [data-picture]',
    'button, summary, a, input, [role=radio]',
    'button:not(:disabled, [tabindex="-1"]), select:not(:disabled), input:not(:disabled), summary, [tabindex="0"]',
  ],
  'keyboard/roving.ts': ['[aria-current=true], [aria-checked=true]'],
};

it('nothing that a person sees stands in the code of the window', () => {
  const found = Object.fromEntries(
    said.flatMap(files).flatMap((file) => {
      const known = allowed[file] ?? [];
      const words = strayWords(file, readFileSync(join(renderer, file), 'utf8'));
      // What is allowed and gone is taken off the list, too.
      const wrong = [
        ...words.filter((text) => !known.includes(text)),
        ...known.filter((text) => !words.includes(text)),
      ];
      return wrong.length > 0 ? [[file, wrong]] : [];
    }),
  );
  expect(found).toEqual({});
});

it('finds words in markup, in what is read aloud and in code', () => {
  const source = `<script lang="ts">
    import { one } from './a b.ts';
    let { few }: { few: 'not this' } = $props();
    const message = few ? \`\${few} is left\` : say('edit.none');
  </script>
  <p class="a b" title="A tip" data-kind="no words">Text {few === 'x' ? 'seen' : say('also.not')}</p>`;
  expect(strayWords('A.svelte', source).toSorted()).toEqual(['A tip', 'Text', 'is left', 'seen']);
  expect(
    strayWords('B.svelte', `<script lang="ts">const names = [{ id: 'x', words: 'one' }];</script>`),
  ).toEqual(['one']);
  expect(strayWords('a.ts', `report('warning', 'It was not saved.'); on('keydown');`)).toEqual([
    'It was not saved.',
  ]);
});
