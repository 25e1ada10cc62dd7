import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Limits catch what hangs, on whatever machine and beside whatever load; they judge no speed. */
const limits = {
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 60_000 } },
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
          ...limits,
        },
      },
      {
        // State of the window with runes: compiled as for the browser, without a browser.
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'renderer',
          include: ['test/unit/renderer/**/*.svelte.test.ts'],
          environment: 'node',
          ...limits,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          environment: 'node',
          ...limits,
          maxWorkers: 2,
        },
      },
    ],
  },
});
