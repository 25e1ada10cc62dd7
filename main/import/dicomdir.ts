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
    // PS3.10 separates by backslashes; some writers use the separator of their own system.
    const components = value.split(/[\\/]/).map((component) => component.trim());
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

/**
 * The name under which a component of a file ID is found in a folder. Discs are mounted with names in lower case, with
 * the version that ISO 9660 puts behind a name (";1"), with or without its dots; copies have got an extension, or were
 * shortened to eight characters. A variant counts only where it is the only one.
 */
async function spelling(
  folder: string,
  component: string,
  folders: Map<string, readonly string[]>,
): Promise<string> {
  const names = folders.get(folder) ?? (await readdir(folder));
  folders.set(folder, names);
  return nameVariant(names, component) ?? component;
}

/** The one name among `names` that is meant by a component of a file ID; null when none is, or several could be. */
export function nameVariant(names: readonly string[], component: string): string | null {
  if (names.includes(component)) return component;
  const wanted = plainName(component);
  const rules: readonly ((name: string) => boolean)[] = [
    (name) => name.toUpperCase() === component.toUpperCase(),
    (name) => plainName(name) === wanted,
    (name) => plainName(name).replaceAll('.', '') === wanted.replaceAll('.', ''),
    (name) => stem(plainName(name)) === wanted || plainName(name) === stem(wanted),
    (name) => isShortened(plainName(name), wanted) || isShortened(wanted, plainName(name)),
  ];
  for (const rule of rules) {
    const found = names.filter(rule);
    if (found.length === 1) return found[0] ?? null;
    if (found.length > 1) return null;
  }
  return null;
}

/** In upper case, without a version, and without dots at the end. */
function plainName(name: string): string {
  return name
    .toUpperCase()
    .replace(/;\d*$/, '')
    .replace(/[. ]+$/, '');
}

function stem(name: string): string {
  return name.replace(/\.[^.]+$/, '');
}

/** The first eight characters of the longer name, or six of them and a number, as old file systems keep it. */
function isShortened(short: string, long: string): boolean {
  const whole = stem(long).replaceAll(/[. ]/g, '');
  const head = stem(short);
  if (whole.length <= 8) return false;
  const numbered = /^(.{1,7})~\d+$/.exec(head)?.[1];
  return numbered === undefined ? head.length === 8 && whole.startsWith(head) : whole.startsWith(numbered);
}

function outside(folder: string, components: readonly string[]): SystolaError {
  return new SystolaError(
    'unreadable',
    'The DICOMDIR refers to a file outside its own folder, which is never followed.',
    `${folder}${sep}${components.join('\\')}`,
  );
}
