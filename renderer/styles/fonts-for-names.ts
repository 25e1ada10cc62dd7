/** Writing systems whose fonts are fetched (from the application itself) only when a name needs them. */
const fontsByScript: readonly { readonly script: RegExp; readonly load: () => Promise<unknown> }[] = [
  {
    script: /[\u0100-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff\u1f00-\u1fff]/,
    load: () => import('@fontsource/noto-sans/400.css'),
  },
  { script: /\p{Script=Arabic}/u, load: () => import('@fontsource/noto-sans-arabic/400.css') },
  { script: /\p{Script=Hebrew}/u, load: () => import('@fontsource/noto-sans-hebrew/400.css') },
  { script: /\p{Script=Thai}/u, load: () => import('@fontsource/noto-sans-thai/400.css') },
  { script: /\p{Script=Hangul}/u, load: () => import('@fontsource/noto-sans-kr/400.css') },
  {
    script: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
    load: () => import('@fontsource/noto-sans-jp/400.css'),
  },
  { script: /\p{Script=Han}/u, load: () => import('@fontsource/noto-sans-sc/400.css') },
];

const requested = new Set<number>();

/** Loads the bundled fonts that the text's writing systems need, once each. */
export function loadFontsFor(text: string): void {
  fontsByScript.forEach(({ script, load }, index) => {
    if (requested.has(index) || !script.test(text)) return;
    requested.add(index);
    void load();
  });
}
