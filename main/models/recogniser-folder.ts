import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { viewManifestSchema } from '../../core/model/view-manifest.ts';
import type { LoadedRecogniser } from '../inference/loaded-recogniser.ts';
import { boundedText, modelFileLimits } from './bounded-file.ts';
import { manifestName, requireGraph } from './model-folder.ts';

/**
 * Reads the folder of a recogniser of views; its graph is looked for but not read.
 * @throws SystolaError `model-not-found`, `model-invalid`, `too-large`, `unreadable`
 */
export async function readRecogniserFolder(folder: string): Promise<LoadedRecogniser> {
  const file = join(folder, manifestName);
  const invalid = (reason: string): SystolaError =>
    new SystolaError(
      'model-invalid',
      `The recogniser of views in ${folder} cannot be used: ${reason}. Put back its original folder; until then views are left open.`,
      file,
    );
  const text = await boundedText(file, modelFileLimits.manifest);
  if (text === null) throw invalid(`it has no ${manifestName}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid(`${manifestName} is not JSON`);
  }
  const parsed = viewManifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`${manifestName}: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not valid'}`);
  }
  const manifest = parsed.data;
  // The schema takes plain names only, so the graph is in the folder itself.
  const graphPath = join(folder, manifest.graph.file);
  await requireGraph(graphPath, manifest.graph.file, folder);
  return { manifest, folder, graphPath };
}
