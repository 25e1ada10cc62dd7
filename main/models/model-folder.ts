import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { manifestContradiction } from '../../core/model/check-manifest.ts';
import { isCheckpoint } from '../../core/model/checkpoint-name.ts';
import { modelManifestSchema, type ModelManifest } from '../../core/model/manifest.ts';
import { fileError } from '../files/file-error.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { boundedText, hashFile, modelFileLimits, tooLarge } from './bounded-file.ts';
import { checkpointRefusal } from './checkpoint-refusal.ts';

export const manifestName = 'manifest.json';
export const cardName = 'card.md';

/** What helps against a folder that is not as it was made. */
export const howToMend = 'Copy the folder again from where it came, or make it again with python -m gdkvm.';

/**
 * Reads a model folder; the graph is looked for but not read.
 * @param shownAs the folder as the user knows it, for messages
 * @throws SystolaError `model-not-found`, `model-is-checkpoint`, `model-invalid`, `not-found`, `too-large` or
 *   `unreadable`
 */
export async function readModelFolder(
  folder: string,
  shownAs = folder,
): Promise<LoadedModel & { readonly graphBytes: number }> {
  const manifest = await readManifest(folder, shownAs);
  // The schema takes plain names only, so the graph is in the folder itself.
  const graphPath = join(folder, manifest.graph.file);
  const graphBytes = await requireGraph(graphPath, manifest.graph.file, shownAs);
  const { correction } = manifest;
  const correctionPath = correction === undefined ? null : join(folder, correction.file);
  return { manifest, folder, graphPath, correctionPath, graphBytes, card: await readCard(folder) };
}

/**
 * Looks at a graph's file without reading it.
 * @returns its bytes
 * @throws SystolaError `model-not-found`, `too-large`
 */
export async function requireGraph(path: string, name: string, shownAs: string): Promise<number> {
  const graph = await lstat(path).catch(() => null);
  if (graph === null || !graph.isFile()) {
    const what = graph === null ? 'has no' : 'has a link or a folder in place of';
    const message = `The model folder ${shownAs} ${what} ${name}. Copy the whole folder again.`;
    throw new SystolaError('model-not-found', message, join(shownAs, name));
  }
  if (graph.size > modelFileLimits.graph) throw tooLarge(join(shownAs, name), modelFileLimits.graph);
  return graph.size;
}

/**
 * Reads the manifest of a model folder; on a path that is none, says what it is instead.
 * @throws as {@link readModelFolder}
 */
export async function readManifest(folder: string, shownAs = folder): Promise<ModelManifest> {
  await requireFolder(folder, shownAs);
  const text = await boundedText(join(folder, manifestName), modelFileLimits.manifest);
  if (text === null) throw await noManifest(folder, shownAs);
  return parseManifest(text, shownAs);
}

async function requireFolder(folder: string, shownAs: string): Promise<void> {
  const found = await stat(folder).catch((error: unknown) => {
    throw fileError(error, shownAs);
  });
  if (found.isDirectory()) return;
  if (isCheckpoint(shownAs)) throw checkpointRefusal(shownAs);
  const message = `It is a file. Choose the folder that holds ${manifestName} and the ONNX file.`;
  throw new SystolaError('model-invalid', message, shownAs);
}

/** What a folder without a manifest most likely is. */
async function noManifest(folder: string, shownAs: string): Promise<SystolaError> {
  const names = await readdir(folder).catch(() => []);
  const checkpoint = names.find(isCheckpoint);
  if (checkpoint !== undefined) return checkpointRefusal(join(shownAs, checkpoint));
  const message =
    `The folder "${basename(shownAs)}" has no ${manifestName}, so it is no model folder. Choose the folder that ` +
    `holds ${manifestName} and the ONNX file; python -m gdkvm export and convert make one.`;
  return new SystolaError('model-not-found', message, shownAs);
}

/** @throws SystolaError `model-invalid` naming the field */
function parseManifest(text: string, folder: string): ModelManifest {
  const invalid = (reason: string): SystolaError =>
    new SystolaError(
      'model-invalid',
      `The model folder ${folder} cannot be used: ${reason}. ${howToMend}`,
      join(folder, manifestName),
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(`${manifestName} is not JSON`);
  }
  const parsed = modelManifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`${manifestName}: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not valid'}`);
  }
  return parsed.data;
}

/** A card is for reading; one that cannot be read stands in no model's way. */
async function readCard(folder: string): Promise<string> {
  return (await boundedText(join(folder, cardName), modelFileLimits.card).catch(() => null)) ?? '';
}

/** @throws SystolaError `model-invalid` when the manifest says what cannot be true at the same time */
export function requireConsistent({ manifest }: LoadedModel, shownAs: string): void {
  const contradiction = manifestContradiction(manifest);
  if (contradiction === null) return;
  throw new SystolaError(
    'model-invalid',
    `The manifest of the model "${manifest.name}" contradicts itself: ${contradiction}. ${howToMend}`,
    join(shownAs, manifestName),
  );
}

/** @throws SystolaError `model-hash-mismatch` */
export function requireHash(model: LoadedModel, sha256: string, file = model.graphPath): void {
  if (sha256 === model.manifest.graph.sha256) return;
  throw anotherFile(`the model "${model.manifest.name}"`, sha256, file);
}

/**
 * The correction network of a model is there, of a size that is read, and the one that the manifest names.
 * @param shownAs the folder as the user knows it
 * @param hash SHA-256 of the file; null: it is not compared
 * @throws SystolaError `model-not-found`, `too-large`, `model-hash-mismatch`, `unreadable`
 */
export async function requireCorrection(
  { manifest, correctionPath }: LoadedModel,
  shownAs: string,
  hash: ((path: string, file: string) => Promise<string>) | null = hashFile,
): Promise<void> {
  const { name, correction } = manifest;
  if (correction === undefined || correctionPath === null) return;
  const file = join(shownAs, correction.file);
  await requireGraph(correctionPath, correction.file, shownAs);
  const sha256 = await hash?.(correctionPath, file);
  if (sha256 !== undefined && sha256 !== correction.sha256) {
    throw anotherFile(`the correction network of the model "${name}"`, sha256, file);
  }
}

function anotherFile(whose: string, sha256: string, file: string): SystolaError {
  return new SystolaError(
    'model-hash-mismatch',
    `The file of ${whose} is not the one its manifest names (its SHA-256 is ${sha256}). Put back the original model folder.`,
    file,
  );
}
