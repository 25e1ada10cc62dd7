import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** The system's Chromium where there is one; Playwright's own is used when none is found. */
const chromium = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);

export default defineConfig({
  testDir: 'test/end-to-end',
  outputDir: 'test-results/end-to-end',
  // Every test drives a host, a decoder and a model of its own; side by side they would only slow each other.
  workers: 1,
  fullyParallel: false,
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
    trace: 'retain-on-failure',
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
