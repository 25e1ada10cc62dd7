/**
 * What a packaged application takes on its command line. Everything else is refused, because a switch of Chromium,
 * Node or Electron can open the window to a debugger, load code, or send requests elsewhere, and new ones come with
 * every version.
 */
const allowed = new Set([
  'library',
  // Where the system cannot have a sandbox (root, no user namespaces); the window then says that there is none.
  'no-sandbox',
  // How the window is drawn.
  'disable-gpu',
  'disable-gpu-compositing',
  'disable-software-rasterizer',
  'enable-wayland-ime',
  'force-color-profile',
  'force-device-scale-factor',
  'force-high-contrast',
  'high-dpi-support',
  'ozone-platform',
  'ozone-platform-hint',
  'lang',
]);

/**
 * Switches of a command line that a packaged application refuses, as Chromium reads them: with one dash or two, on
 * Windows with a slash and in any case; none after a lone "--".
 * @param argv arguments after the executable
 */
export function refusedSwitches(argv: readonly string[], platform: NodeJS.Platform): string[] {
  const end = argv.indexOf('--');
  const names = (end < 0 ? argv : argv.slice(0, end)).map((argument) => switchName(argument, platform));
  return names.filter((name) => name !== null && !allowed.has(name)) as string[];
}

function switchName(argument: string, platform: NodeJS.Platform): string | null {
  const windows = platform === 'win32';
  const match = (windows ? /^(?:--?|\/)([^=]+)/ : /^--?([^=]+)/).exec(argument);
  const name = match?.[1];
  if (name === undefined) return null;
  return windows ? name.toLowerCase() : name;
}
