import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { modelManifestSchema, type ModelManifest } from '../../core/model/manifest.ts';
import { boundedText, modelFileLimits, tooLarge } from './bounded-file.ts';

/** A model whose manifest is valid and whose graph is the file that the manifest names. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly graphPath: string;
  /** Text of card.md, empty when there is none. */
  readonly card: string;
}

export const manifestName = 'manifest.json';
export const cardName = 'card.md';

/**
 * Reads a model folder; the graph is looked for but not read.
 * @param shownAs the folder as the user knows it, for messages
 * @throws SystolaError `model-not-found`, `model-invalid`, `too-large` or `unreadable`
 */
export async function readModelFolder(
  folder: string,
  shownAs = folder,
): Promise<LoadedModel & { readonly graphBytes: number }> {
  const text = await boundedText(join(folder, manifestName), modelFileLimits.manifest);
  if (text === null) {
    const message = `The folder ${shownAs} has no readable ${manifestName}, so it is no model folder.`;
    throw new SystolaError('model-not-found', message, shownAs);
  }
  const manifest = parseManifest(text, shownAs);
  // The schema takes plain names only, so the graph is in the folder itself.
  const graphPath = join(folder, manifest.graph.file);
  const graph = await lstat(graphPath).catch(() => null);
  if (graph === null || !graph.isFile()) {
    const what = graph === null ? 'has no' : 'has a link or a folder in place of';
    const message = `The model folder ${shownAs} ${what} ${manifest.graph.file}. Copy the whole folder again.`;
    throw new SystolaError('model-not-found', message, join(shownAs, manifest.graph.file));
  }
  if (graph.size > modelFileLimits.graph) {
    throw tooLarge(join(shownAs, manifest.graph.file), modelFileLimits.graph);
  }
  return { manifest, folder, graphPath, graphBytes: graph.size, card: await readCard(folder) };
}

/** @throws SystolaError `model-invalid` naming the field */
export function parseManifest(text: string, folder: string): ModelManifest {
  const invalid = (reason: string): SystolaError =>
    new SystolaError(
      'model-invalid',
      `The model folder ${folder} cannot be used: ${reason}.`,
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
  const { graph } = parsed.data;
  if (!graph.state.some(({ name }) => name === graph.maskState)) {
    throw invalid(`${manifestName}: graph.maskState "${graph.maskState}" is not a state tensor`);
  }
  return parsed.data;
}

/** A card is for reading; one that cannot be read stands in no model's way. */
async function readCard(folder: string): Promise<string> {
  return (await boundedText(join(folder, cardName), modelFileLimits.card).catch(() => null)) ?? '';
}

/** @throws SystolaError `model-hash-mismatch` */
export function requireHash(model: LoadedModel, sha256: string, file = model.graphPath): void {
  if (sha256 === model.manifest.graph.sha256) return;
  throw new SystolaError(
    'model-hash-mismatch',
    `The file of the model "${model.manifest.name}" is not the one its manifest names ` +
      `(its SHA-256 is ${sha256}). Put back the original model folder.`,
    file,
  );
}
