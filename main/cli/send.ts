import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SendState, SentObject } from '../../core/api/network.ts';
import { SystolaError } from '../../core/error.ts';
import { createServices } from '../application/services.ts';
import { isUid } from '../dicom/uid.ts';
import { exportFormats } from '../export/exporters.ts';
import { fileError } from '../files/file-error.ts';
import { isDropping } from '../import/droppings.ts';
import { optionsOrExitCode, failureLine, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { nodeAddress } from './node-options.ts';
import { libraryNamed, openedLibrary } from './opened-library.ts';
import { parseSendCommand, type SendCommand, sendUsage } from './send-options.ts';

/** What of a study a node takes: objects of DICOM. */
const sendable = () => exportFormats().filter(({ group }) => group === 'dicom');

/** `systola send`: returns the exit code. */
export async function runSend(argv: readonly string[]): Promise<number> {
  const command = optionsOrExitCode(argv, sendUsage(sendable()), () => parseSendCommand(argv, sendable()));
  if (typeof command === 'number') return command;
  return untilStopped(async (signal) => {
    try {
      return await send(command, signal);
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      console.error(failureLine(error));
      return exitCodes.nothing;
    }
  });
}

async function send(command: SendCommand, signal: AbortSignal): Promise<number> {
  const { studies, paths } = await told(command.wanted);
  const library = libraryNamed(command.library);
  // Files may be sent by who has no library yet: it begins with the audit log of this.
  const services =
    studies.length > 0
      ? await openedLibrary(library)
      : await createServices({ libraryPath: library, modelFolders: [] });
  try {
    const node = nodeAddress(command.node, () => services.library.settings());
    const { originals, formats, again } = command;
    const files = (await filesUnder(paths)).map((path) => ({ path, name: path }));
    const order = { node, studies, originals, formats, files, again, onState: progress };
    const { sendId } = services.sending.begin(order);
    const stop = (): void => void services.sending.cancel(sendId);
    signal.addEventListener('abort', stop, { once: true });
    const ended = await services.sending.ended(sendId);
    return said(ended, signal);
  } finally {
    await services.close();
  }
}

/** Studies and paths: what is there is a path, also where its name is made of digits and points. */
async function told(wanted: readonly string[]): Promise<{ studies: string[]; paths: string[] }> {
  const studies: string[] = [];
  const paths: string[] = [];
  for (const word of wanted) {
    const isThere = await stat(word).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
    (isThere || !isUid(word) ? paths : studies).push(word);
  }
  return { studies, paths };
}

async function filesUnder(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    try {
      if (!(await stat(path)).isDirectory()) {
        files.push(path);
        continue;
      }
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      const found = entries
        .filter((entry) => entry.isFile() && !isDropping(entry.name))
        .map((entry) => join(entry.parentPath, entry.name));
      files.push(...found.filter((file) => basename(file) !== 'DICOMDIR').toSorted());
    } catch (error) {
      throw fileError(error, path);
    }
  }
  return files;
}

let shown = -1;
function progress({ objectsDone, objectsTotal, state }: SendState): void {
  if (!process.stderr.isTTY || state !== 'sending' || objectsDone === shown) return;
  shown = objectsDone;
  process.stderr.write(`\r\x1b[2K${objectsDone} of ${objectsTotal}`);
  if (objectsDone === objectsTotal) process.stderr.write('\r\x1b[2K');
}

/** What became of every object, and of all together; returns the exit code. */
function said({ node, objects, counts, message, state }: SendState, signal: AbortSignal): number {
  for (const object of objects) {
    const line = objectLine(object);
    if (object.state === 'stored' || object.state === 'already-there') console.log(line);
    else console.error(line);
  }
  if (state === 'failed' && message !== null) console.error(message);
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  console.error(`${node}: ${parts.map(([end, count]) => `${count} ${end}`).join(', ') || 'nothing to send'}`);
  const isThere = counts.stored + counts.warning + counts['already-there'];
  const isNot = counts.refused + counts.failed + counts.unknown + counts['not-sent'];
  if (signal.aborted) return exitCodes.interrupted;
  if (state !== 'failed' && isNot === 0) return exitCodes.done;
  return isThere === 0 && counts.unknown === 0 ? exitCodes.nothing : exitCodes.partly;
}

const objectLine = ({ name, state, message }: SentObject): string =>
  message === null ? `${name}: ${state}` : `${name}: ${state}. ${message}`;
