import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { keepCompiledCode } from './test/compiled-code.ts';

keepCompiledCode();

/** The system's Chromium where there is one; Playwright's own is used when none is found. */
const chromium = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);

const everyFrame = [/playback\.spec\.ts$/, /stepping\.spec\.ts$/, /in-step\.spec\.ts$/];
const electron = /electron\/[^/]+\.spec\.ts$/;

export default defineConfig({
  testDir: 'test/end-to-end',
  outputDir: 'test-results/end-to-end',
  globalSetup: './test/end-to-end/set-up.ts',
  // One after the other: a window that draws without a graphics card takes both cores of a small machine.
  workers: 1,
  fullyParallel: false,
  projects: [
    { name: 'browser', testIgnore: [...everyFrame, electron] },
    // One display, whose focus and keys belong to one window at a time.
    { name: 'electron', testMatch: electron, workers: 1 },
    // Compare what is on screen with the clock, frame by frame: run by themselves, after the others (test/run-all.mjs).
    { name: 'frames', testMatch: everyFrame, workers: 1 },
  ],
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  // Limits catch what hangs, beside whatever load; they judge no speed.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    colorScheme: 'dark',
    screenshot: 'only-on-failure',
    // A trace draws every frame once more; `--trace retain-on-failure` keeps those of tests that fail.
    trace: 'off',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      // Software drawing, as on a machine without a graphics card: pictures need no WebGL, and an emulated card
      // composes the window seven times slower. The sandbox cannot start where the user is root.
      args: [
        '--disable-gpu',
        '--force-color-profile=srgb',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
});
