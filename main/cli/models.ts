import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ModelInfo } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import { inEnglish } from '../../core/language/english.ts';
import { installation } from '../application/installation.ts';
import { defaultLibrary } from '../hosts/default-library.ts';
import { Turns } from '../inference/turns.ts';
import { checkModel } from '../models/check-model.ts';
import { ModelAdditions } from '../models/model-additions.ts';
import { RecogniserShelf } from '../models/recogniser-shelf.ts';
import { ModelRegistry } from '../models/registry.ts';
import { asksForHelp, failureLine, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';

const modelsUsage = `systola models [list | check <folder> | add <folder>] [options]

  list                 every model with its version, accuracy and what is wrong with it; the recogniser of views
  check <folder>       hash, manifest, graph and a trial run on the processor
  add <folder>         the same, and then copies it to your models

  --library <dir>      library that your models are kept in (default: the workstation's own)

Exit code: 0 done, 1 the model was refused, 64 bad usage.`;

/** Models that come with the application, and the recogniser of views beside them. */
const shippedModels = join(installation.root, 'models', 'shipped');
const shippedRecognisers = join(installation.root, 'models', 'shipped-views');

/** Where the models that the user adds are kept, in the library of the workstation unless another is named. */
export function userModels(library?: string): string {
  return join(library ?? defaultLibrary(process.platform, process.env, homedir()), 'models');
}

/** `systola models`: returns the exit code. */
export async function runModels(argv: readonly string[]): Promise<number> {
  if (asksForHelp(argv)) {
    console.log(modelsUsage);
    return exitCodes.done;
  }
  const parsed = parse(argv);
  if (parsed === null) {
    console.error(modelsUsage);
    return exitCodes.usage;
  }
  return untilStopped(async (signal) => {
    try {
      await parsed(signal);
      return exitCodes.done;
    } catch (error) {
      if (signal.aborted) return exitCodes.interrupted;
      if (!(error instanceof SystolaError)) throw error;
      console.error(error.file === null ? error.message : failureLine(error));
      return exitCodes.partly;
    }
  });
}

type Command = (signal: AbortSignal) => Promise<void>;

function parse(argv: readonly string[]): Command | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { library: { type: 'string' } },
    });
    const [command = 'list', folder, ...more] = positionals;
    const added = userModels(values.library);
    if (command === 'list' && folder === undefined) return () => list(added);
    if (folder === undefined || more.length > 0) return null;
    if (command === 'check') return (signal) => check(folder, signal);
    return command === 'add' ? (signal) => add(folder, added, signal) : null;
  } catch {
    return null;
  }
}

async function list(added: string): Promise<void> {
  const models = await new ModelRegistry([shippedModels], added).list(true);
  if (models.length === 0) console.log('No model is installed.');
  for (const model of models) console.log(lineOf(model));
  const recogniser = await recogniserLine();
  if (recogniser !== null) console.log(recogniser);
}

/** The recogniser of views, and what is wrong with it; null where none is installed. */
async function recogniserLine(): Promise<string | null> {
  const recogniser = await new RecogniserShelf([shippedRecognisers]).info();
  if (recogniser === null) return null;
  const { name, version, folder, problem } = recogniser;
  if (name === null) return problem;
  const parts = [name, version, 'recognises views', 'comes with Systola', folder];
  return [...parts, ...(problem === null ? [] : [`cannot be used: ${problem}`])].join(' · ');
}

function lineOf({ name, manifest, problem, correctionProblem, origin, folder }: ModelInfo): string {
  const accuracy = manifest?.accuracy[0];
  const parts = [
    name,
    manifest?.version,
    manifest?.role,
    origin === 'added' ? 'added' : 'comes with Systola',
    accuracy && `${accuracy.metric} ${accuracy.value} on ${accuracy.dataset} (n = ${accuracy.n})`,
    folder,
    problem && `cannot be used: ${problem}`,
    correctionProblem && inEnglish.say('models.correction.meanwhile', { reason: correctionProblem }),
  ];
  return parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');
}

async function check(folder: string, signal: AbortSignal): Promise<void> {
  const { model, trial } = await checkModel(folder, { signal });
  const { name, version, graph } = model.manifest;
  const speed = `${trial.msPerFrame.toFixed(1)} ms a frame on the processor`;
  console.log(`${name} ${version}: hash, manifest, graph and trial run are sound (${speed}).`);
  console.log(`SHA-256 ${graph.sha256}`);
}

async function add(folder: string, added: string, signal: AbortSignal): Promise<void> {
  const registry = new ModelRegistry([shippedModels], added);
  const turns = new Turns();
  const additions = new ModelAdditions({
    folder: added,
    list: () => registry.list(true),
    alone: (until, change) => turns.take(until, change),
    onAdded: (model) => console.log(`Added to ${model.folder}.`),
  });
  const { outcome, name } = await additions.addFolder(folder, signal);
  console.log(
    outcome === 'added'
      ? `${name} runs when it is chosen: on the models page, or with --model ${name}.`
      : `${name} is there already; nothing changed.`,
  );
}
