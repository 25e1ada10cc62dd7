/* The workstation on 127.0.0.1, opened in the default browser. Started by start.mjs, on Node 24. */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SystolaError } from '../../core/error.ts';
import { researchUseNotice } from '../../core/notice.ts';
import { createApplication } from '../application/application.ts';
import { defaultLibrary } from '../hosts/default-library.ts';
import { serveLoopback } from '../hosts/loopback/serve.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const { values } = parseArgs({
  options: {
    library: { type: 'string' },
    port: { type: 'string', default: '0' },
    open: { type: 'boolean', default: false },
  },
});

try {
  if (values.library === undefined)
    throw new SystolaError('bad-request', 'serve.ts needs --library <folder>.');
  const application = await createApplication({
    libraryPath: values.library ?? defaultLibrary(process.platform, process.env, homedir()),
    modelFolders: [join(root, 'models', 'shipped')],
    host: 'loopback',
    sampleStudyPath: join(root, 'assets', 'sample-study'),
  });
  const host = await serveLoopback({
    application,
    rendererFolder: join(root, 'dist', 'renderer'),
    port: Number(values.port),
  });
  console.log(`Systola: ${researchUseNotice}`);
  console.log(host.url);
  console.log('Ctrl-C stops it.');
  if (values.open) openInBrowser(host.url);

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await host.close();
    await application.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
} catch (error) {
  console.error(error instanceof SystolaError ? error.message : error);
  process.exitCode = 1;
}

/** Opens the system's browser; when there is none, the printed address remains. */
function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const child = spawn(command as string, args, { stdio: 'ignore', detached: true });
  child.once('error', () => console.log('No browser could be opened; open the address above in one.'));
  child.unref();
}
