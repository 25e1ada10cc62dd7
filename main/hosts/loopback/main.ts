/* The loopback host by itself: serves a built renderer over a library and prints the address. */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SystolaError } from '../../../core/error.ts';
import { inEnglish } from '../../../core/language/english.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import { createApplication } from '../application.ts';
import { defaultLibrary } from '../default-library.ts';
import { onEnter } from './on-enter.ts';
import { askForAddress } from './rendezvous.ts';
import { serveLoopback } from './serve.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const { values } = parseArgs({
  options: {
    library: { type: 'string' },
    renderer: { type: 'string', default: join(root, 'dist', 'renderer') },
    models: { type: 'string', multiple: true, default: [join(root, 'models', 'shipped')] },
    recognisers: { type: 'string', multiple: true, default: [join(root, 'models', 'shipped-views')] },
    sample: { type: 'string' },
    port: { type: 'string', default: '0' },
    // For tests: the page may name files of this disk.
    'paths-from-page': { type: 'boolean', default: false },
  },
});
const libraryPath = values.library ?? defaultLibrary(process.platform, process.env, homedir());

try {
  await serve();
} catch (error) {
  if (!(await isOpenedElsewhere(error))) {
    console.error(error instanceof SystolaError ? `${error.message} (${error.file ?? error.code})` : error);
    process.exitCode = 1;
  }
}

async function serve(): Promise<void> {
  const application = await createApplication({
    libraryPath,
    modelFolders: values.models,
    recogniserFolders: values.recognisers,
    host: 'loopback',
    keepsWorklist: true,
    pathsFromPage: values['paths-from-page'],
    ...(values.sample === undefined ? {} : { sampleStudyPath: values.sample }),
  });
  const host = await serveLoopback({
    application,
    libraryPath,
    words: () => application.services.languages.current,
    rendererFolder: values.renderer,
    port: Number(values.port),
  });
  // Ctrl-C arrives more than once: from the terminal and from whoever started this. Stopping happens once.
  let stopping: Promise<void> | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping ??= host
        .close()
        .then(() => application.close())
        .then(() => process.exit(0));
    });
  }
  // A damaged database is said at once, what was found in the store when everything was looked at.
  const { watch } = application.services;
  const told = () => watch.state.notices.map(({ words }) => inEnglish.say(words));
  const said = new Set(told());
  for (const words of said) console.error(words);
  void watch.ended().then(() => {
    for (const words of told()) if (!said.has(words)) console.error(words);
  });
  const enterIsHeard = onEnter(() => console.log(host.newUrl()));
  // Said last: whoever reads the address may stop it at once, and that must close the library.
  console.log(`Systola: ${researchUseNotice}`);
  console.log(host.url);
  console.log(
    `The address works once${enterIsHeard ? '; Enter gives a new one' : '; a second start gives a new one'}. Ctrl-C stops Systola.`,
  );
}

/** True when this library is open in the browser already, whose host then gave an address, which is printed. */
async function isOpenedElsewhere(error: unknown): Promise<boolean> {
  if (!(error instanceof SystolaError) || error.code !== 'library-locked') return false;
  const url = await askForAddress(libraryPath);
  if (url === null) return false;
  console.log('Systola is open with this library already. Another address for it, which works once:');
  console.log(url);
  return true;
}
