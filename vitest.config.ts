import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { keepCompiledCode } from './test/compiled-code.ts';

keepCompiledCode();

/** Time limits catch what hangs, on whatever machine and beside whatever load; they judge no speed. */
const common = {
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 60_000 } },
  setupFiles: ['test/fixtures/seed-properties.ts'],
};

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: ['test/unit/renderer/**/*.svelte.test.ts'],
          environment: 'node',
          ...common,
        },
      },
      {
        // State of the window with runes: compiled as for the browser, without a browser.
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'renderer',
          include: ['test/{unit/renderer,integration/window}/**/*.svelte.test.ts'],
          environment: 'node',
          ...common,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: ['test/integration/window/**/*.svelte.test.ts'],
          environment: 'node',
          ...common,
          maxWorkers: 2,
        },
      },
    ],
  },
});
