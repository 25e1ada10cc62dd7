/* The loopback host by itself: serves a built renderer over a library and prints the address. */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SystolaError } from '../../../core/error.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import { createApplication } from '../../application/application.ts';
import { defaultLibrary } from '../default-library.ts';
import { serveLoopback } from './serve.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

try {
  const { values } = parseArgs({
    options: {
      library: { type: 'string' },
      renderer: { type: 'string', default: join(root, 'dist', 'renderer') },
      models: { type: 'string', multiple: true, default: [join(root, 'models', 'shipped')] },
      sample: { type: 'string' },
      port: { type: 'string', default: '0' },
    },
  });
  const application = await createApplication({
    libraryPath: values.library ?? defaultLibrary(process.platform, process.env, homedir()),
    modelFolders: values.models,
    host: 'loopback',
    ...(values.sample === undefined ? {} : { sampleStudyPath: values.sample }),
  });
  const host = await serveLoopback({
    application,
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
  // Said last: whoever reads the address may stop it at once, and that must close the library.
  console.log(`Systola: ${researchUseNotice}`);
  console.log(host.url);
  console.log('Ctrl-C stops it.');
} catch (error) {
  console.error(error instanceof SystolaError ? `${error.message} (${error.file ?? error.code})` : error);
  process.exitCode = 1;
}
