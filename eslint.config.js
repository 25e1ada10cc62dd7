import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Arrows go one way: core <- main, core <- renderer; main and renderer never meet (design: layers). */
const noImportsFrom = (...patterns) => ({
  'no-restricted-imports': [
    'error',
    { patterns: patterns.map((regex) => ({ regex, message: 'This import crosses a layer boundary.' })) },
  ],
});

/** What reaches beyond this computer, or is reached: DICOM's folder and the loopback host alone have it. */
const networkModules = '^(node:)?(net|tls|http|https|http2|dgram|dns)(/|$)';

const main = '(^|/)main(/|$)';
const renderer = '(^|/)renderer(/|$)';
const nodeBuiltins =
  '^node:|^(fs|path|os|crypto|child_process|worker_threads|stream|http|https|net|zlib|url|util|events|buffer)(/|$)';

export default ts.config(
  {
    ignores: [
      'dist/',
      'build/',
      'release/',
      'node_modules/',
      'models/',
      'test-results/',
      'playwright-report/',
      '.venv/',
      '.venv-snakemake/',
    ],
  },
  ...ts.configs.recommended,
  ...svelte.configs['flat/recommended'],
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: ['.svelte'] } },
  },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['core/**/*.ts'],
    rules: {
      ...noImportsFrom(
        main,
        renderer,
        nodeBuiltins,
        '^electron',
        '^svelte',
        '^@cornerstonejs',
        '^hono',
        '^onnxruntime',
      ),
      'no-restricted-globals': [
        'error',
        'window',
        'document',
        'process',
        'Buffer',
        'fetch',
        'console',
        'setTimeout',
        'setInterval',
      ],
    },
  },
  {
    files: ['main/**/*.ts'],
    ignores: ['main/hosts/electron/preload/**'],
    languageOptions: { globals: globals.node },
    rules: noImportsFrom(renderer, '^svelte', '^@cornerstonejs/core'),
  },
  {
    files: ['main/**/*.ts'],
    ignores: ['main/hosts/electron/preload/**', 'main/hosts/loopback/**', 'main/network/**'],
    rules: {
      ...noImportsFrom(renderer, '^svelte', '^@cornerstonejs/core', networkModules),
      'no-restricted-globals': ['error', 'fetch', 'WebSocket', 'EventSource'],
    },
  },
  {
    // A callback for each pixel costs forty times as much as a loop.
    files: ['main/dicom/**/*.ts', 'core/sector/**/*.ts', 'main/analysis/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name="from"][callee.object.name=/^(Ui|I)nt\\d+(Clamped)?Array$|^Float\\d+Array$/][arguments.length=2]',
          message: 'Write a plain loop over pixels.',
        },
      ],
    },
  },
  {
    files: ['core/finding/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.property.name=/^to(Fixed|LocaleString)$/]',
          message: 'Numbers in sentences are written by the language: give them to the message as values.',
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte', 'main/hosts/electron/preload/**/*.ts'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    rules: noImportsFrom(
      '(^|/)main/(?!hosts/electron/preload/)',
      nodeBuiltins,
      '^electron$',
      '^onnxruntime',
      '^dicom-parser',
      '^hono/(?!client)',
    ),
  },
  {
    files: ['main/cli/**', 'main/start/**', 'main/hosts/**', 'test/**', 'assets/**', '*.config.*'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
);
