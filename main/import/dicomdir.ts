import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { fileCandidate, type Listed } from './candidate.ts';
import { fileError } from '../files/file-error.ts';

const largestDicomdirBytes = 64 * 1024 * 1024;
/** No disc holds more; beyond it the list alone would be the attack. */
const mostReferences = 20_000;
/** PS3.10 section 8.2: a file ID has at most eight components of at most eight characters. */
const mostComponents = 8;

/**
 * Files that a DICOMDIR (PS3.3 F.3) refers to, each inside the folder that holds it. A reference that leads
 * out of that folder, by name or by link, is refused.
 */
export async function* listDicomdir(path: string, signal: AbortSignal): AsyncGenerator<Listed> {
  const { size } = await stat(path);
  if (size > largestDicomdirBytes) {
    throw new SystolaError(
      'too-large',
      'The DICOMDIR is larger than 64 MiB; choose its folder instead.',
      path,
    );
  }
  const references = referencedFileIds(await readFile(path));
  if (references.length > mostReferences) {
    throw new SystolaError(
      'too-large',
      `The DICOMDIR refers to more than ${mostReferences} files; choose its folder instead.`,
      path,
    );
  }
  if (references.length === 0) {
    throw new SystolaError(
      'malformed',
      'The DICOMDIR refers to no file. Choose the folder with the images instead.',
      path,
    );
  }
  const folder = dirname(path);
  const root = await realpath(folder);
  const folders = new Map<string, readonly string[]>();
  for (const components of references) {
    signal.throwIfAborted();
    const name = join(folder, ...components);
    try {
      const target = await resolveInside(folder, root, components, folders);
      yield { candidate: fileCandidate(target), error: null };
    } catch (error) {
      const named = fileError(error, name);
      if (!(named instanceof SystolaError)) throw error;
      yield { candidate: null, error: named };
    }
  }
}

/**
 * Values of every Referenced File ID (0004,1500), as path components, each once and in order.
 *
 * The element is searched for instead of parsing the nested records: that takes linear time on any input, and
 * finds the references in directories whose record offsets are wrong.
 */
export function referencedFileIds(bytes: Uint8Array): string[][] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = Buffer.from([0x04, 0x00, 0x00, 0x15]);
  const found = new Map<string, string[]>();
  for (let at = buffer.indexOf(tag); at >= 0; at = buffer.indexOf(tag, at + 1)) {
    if (at + 8 > buffer.length) break;
    const explicit = buffer.toString('latin1', at + 4, at + 6) === 'CS';
    const length = explicit ? buffer.readUInt16LE(at + 6) : buffer.readUInt32LE(at + 4);
    // Eight components of eight characters and their separators; some writers exceed the eight.
    if (length === 0 || length > 1024 || at + 8 + length > buffer.length) continue;
    const value = buffer.toString('latin1', at + 8, at + 8 + length).replace(/[\0 ]+$/, '');
    const components = value.split('\\').map((component) => component.trim());
    if (!/^[\x20-\x7e]+$/.test(value)) continue;
    found.set(components.join('\\'), components);
    if (found.size > mostReferences) break;
  }
  return [...found.values()];
}

async function resolveInside(
  folder: string,
  root: string,
  components: readonly string[],
  folders: Map<string, readonly string[]>,
): Promise<string> {
  const escapes =
    components.length > mostComponents ||
    components.some(
      (component) =>
        component === '' || component === '.' || component === '..' || /[/\\:\0]/.test(component),
    );
  const name = join(folder, ...components);
  if (escapes) throw outside(folder, components);
  let path = folder;
  for (const component of components) path = join(path, await spelling(path, component, folders));
  const real = await realpath(path);
  const inside = relative(root, real);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`)) throw outside(folder, components);
  if (!(await stat(real)).isFile()) throw new SystolaError('unreadable', 'It is not an ordinary file.', name);
  return path;
}

/** Discs are often mounted with names in lower case, while file IDs are always in upper case. */
async function spelling(
  folder: string,
  component: string,
  folders: Map<string, readonly string[]>,
): Promise<string> {
  const names = folders.get(folder) ?? (await readdir(folder));
  folders.set(folder, names);
  if (names.includes(component)) return component;
  return names.find((name) => name.toUpperCase() === component.toUpperCase()) ?? component;
}

function outside(folder: string, components: readonly string[]): SystolaError {
  return new SystolaError(
    'unreadable',
    'The DICOMDIR refers to a file outside its own folder, which is never followed.',
    `${folder}${sep}${components.join('\\')}`,
  );
}
