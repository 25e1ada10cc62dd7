import { parseArgs } from 'node:util';

export const usage = `Usage: npm start -- [options]
  --headless        serve and print the address; open no window and no browser
  --browser         use the browser even where Electron is there
  --library <dir>   folder of studies (default: the user's data folder)
  --port <number>   port on 127.0.0.1 (default: any free one); implies the browser
  --help            this text`;

/**
 * @typedef {object} StartOptions
 * @property {boolean} headless
 * @property {boolean} browser
 * @property {string | null} library null: the default one
 * @property {number} port 0: any free one
 * @property {boolean} help
 */

/**
 * @param {string[]} argv arguments after the script
 * @returns {StartOptions}
 * @throws {Error} with a sentence that says which argument is wrong
 */
export function startOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      headless: { type: 'boolean', default: false },
      browser: { type: 'boolean', default: false },
      library: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = values.port === undefined ? 0 : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}".`);
  }
  if (values.library === '') throw new Error('--library takes a folder.');
  return {
    headless: values.headless,
    browser: values.browser || values.port !== undefined,
    library: values.library ?? null,
    port,
    help: values.help,
  };
}

/**
 * Whether there is a screen to open a window on.
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} environment
 */
export function hasDisplay(platform, environment) {
  if (platform === 'linux' || platform === 'freebsd' || platform === 'openbsd') {
    return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
  }
  // A remote shell on macOS or Windows has no desktop of its own.
  return !environment['SSH_CONNECTION'];
}
