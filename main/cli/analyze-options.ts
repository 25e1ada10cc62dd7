import { providerNames, type ProviderName } from '../../core/settings/settings.ts';
import { statedViews, type ViewCode } from '../../core/clip/view.ts';
import { propagationWays, type PropagationWay } from '../../core/model/propagation-way.ts';
import { shardFrom, type Shard } from '../archive/shard.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';

export interface AnalyzeOptions {
  readonly paths: readonly string[];
  /** A manifest of studies and the shard of it, in the place of paths; null for none. */
  readonly archive: { readonly manifest: string; readonly shard: Shard } | null;
  readonly out: string;
  readonly model: string | null;
  readonly provider: ProviderName;
  /** Cores that one operator of the model takes; null for all of the machine. */
  readonly threads: number | null;
  /** Whether views are recognised from the pictures where the file does not say. */
  readonly recognise: boolean;
  /** View of clips whose file names none and that were not recognised. */
  readonly view: ViewCode | null;
  /** Stage that a study's numbers are of, by name or number; null for the resting one. */
  readonly stage: string | null;
  /** First and last frame, inclusive; null for all. */
  readonly frames: { readonly from: number; readonly to: number } | null;
  readonly masks: boolean;
  /** Ids of export formats beside the report and analysis.json. */
  readonly exports: readonly string[];
  /** JSON file of corrections; null for none. */
  readonly correct: string | null;
  /** How corrections come to other frames: `none`: not at all; null: the way of the model. */
  readonly propagate: PropagationWay | 'none' | null;
  /** Folders that hold model folders, in place of the shipped ones. */
  readonly modelFolders: readonly string[];
}

export const analyzeUsage = (
  formats: readonly string[],
): string => `systola analyze <file or folder>... --out <dir> [options]
systola analyze --manifest <file> [--shard <i>/<n>] --out <dir> [options]

Contours the left ventricle in every B-mode clip and writes analysis.json and report.pdf into <dir>;
with several studies, each report into a folder named by its Study Instance UID.

  --out <dir>          where to write; created when it is not there
  --model <name>       model to use (default: the accurate one where a GPU is found, else the fast one)
  --models <dir>       folder that holds model folders, in place of the shipped ones; may be repeated
  --provider <name>    ${providerNames.join(', ')} (default: auto)
  --threads <n>        cores that the model takes on the processor (default: all; with a manifest 1, so that machines with
                       more of them give the same digits)
  --view <view>        a4c, a2c, a3c or other, for clips whose file does not say and whose pictures leave it open
  --no-recognise       do not recognise views from the pictures
  --stage <name>       stage of a stress study that its numbers are of, by name or number (default: the one at rest)
  --frames <from>-<to> only these frames, counted from 0, both included
  --correct <file>     JSON of corrected contours: clips[] { sopInstanceUid, corrections[] { frame, structure?,
                       trace { points, hinges, apex } | mask: "<file>.png" } }; a trace is shaped as in analysis.json,
                       a mask holds 0 and 255 at the clip's size; paths are relative to the file; or COCO 1.0, whose
                       polygons on <sopInstanceUid>/frame_<000000>.png contours are fitted to
  --propagate <way>    how corrections come to the frames around them: displacement, memory or none
                       (default: the model's way)
  --masks              also write masks/<sopInstanceUid>/<frame>.png, 0 or 255
  --export <list>      also write ${formats.join(', ')}, one or several with commas between;
                       dicom is the DICOM objects that other systems take, under dicom/, and a format of several
                       files goes into a folder of its name
  --manifest <file>    studies, one a line ("systola manifest" makes one): each into studies/<digits>/<study>/ of <dir>.
                       Those that are there are left as they are, so that the same command goes on where it was
                       stopped; "systola merge <dir>" makes one table of all
  --shard <i>/<n>      only the i-th of n parts of the manifest, from 1 (default: 1/1)

Exit code: 0 every readable clip was analysed, 1 some failed or were refused (see "rejected"),
2 nothing could be read, 64 bad usage.`;

/** @throws SystolaError `bad-request` saying what is wrong with the command line */
export function parseAnalyzeOptions(
  argv: readonly string[],
  defaultModelFolders: readonly string[],
  formats: readonly string[],
): AnalyzeOptions {
  const { values, positionals } = parsedCommandLine(argv, optionTypes);
  const { out, model, provider, view, stage, frames, models, propagate } = values;
  const archive = archiveOf(values, positionals);
  if (archive === null && positionals.length === 0)
    throw wrongUsage('Name at least one file or folder to analyse.');
  if (out === undefined || out === '') throw wrongUsage('Say where to write with --out <dir>.');
  if (propagate !== undefined && values.correct === undefined) {
    throw wrongUsage('--propagate carries corrections on: name their file with --correct <file>.');
  }
  return {
    paths: positionals,
    archive,
    out,
    model: model ?? null,
    provider: oneOf('--provider', provider, providerNames) ?? 'auto',
    threads: values.threads === undefined ? (archive === null ? null : 1) : threadsOf(values.threads),
    recognise: values['no-recognise'] !== true,
    view: oneOf('--view', view, statedViews),
    stage: stage ?? null,
    frames: frames === undefined ? null : frameRange(frames),
    masks: values.masks ?? false,
    exports: exportsOf(values.export ?? [], formats),
    correct: values.correct ?? null,
    propagate: oneOf('--propagate', propagate, [...propagationWays, 'none'] as const),
    modelFolders: models ?? defaultModelFolders,
  };
}

const optionTypes = {
  out: { type: 'string' },
  model: { type: 'string' },
  models: { type: 'string', multiple: true },
  provider: { type: 'string' },
  threads: { type: 'string' },
  view: { type: 'string' },
  'no-recognise': { type: 'boolean' },
  stage: { type: 'string' },
  frames: { type: 'string' },
  masks: { type: 'boolean' },
  export: { type: 'string', multiple: true },
  correct: { type: 'string' },
  propagate: { type: 'string' },
  manifest: { type: 'string' },
  shard: { type: 'string' },
} as const;

function archiveOf(
  { manifest, shard, correct }: { manifest?: string; shard?: string; correct?: string },
  paths: readonly string[],
): AnalyzeOptions['archive'] {
  if (manifest === undefined || manifest === '') {
    if (shard !== undefined || manifest === '')
      throw wrongUsage('Say which studies with --manifest <file>; --shard is a part of them.');
    return null;
  }
  if (paths.length > 0) throw wrongUsage('The manifest names what is analysed: name no files beside it.');
  if (correct !== undefined) throw wrongUsage('--correct is for files that are named, not for a manifest.');
  const part = shardFrom(shard ?? '1/1');
  if (part === null) throw wrongUsage(`--shard is <i>/<n>, from 1/1 on with i ≤ n, not "${shard}".`);
  return { manifest, shard: part };
}

function exportsOf(lists: readonly string[], formats: readonly string[]): string[] {
  const wanted = lists.flatMap((list) => list.split(',')).map((id) => id.trim());
  const strange = wanted.find((id) => !formats.includes(id));
  if (strange !== undefined) throw wrongUsage(`--export is of ${formats.join(', ')}, not "${strange}".`);
  return [...new Set(wanted)];
}

function oneOf<T extends string>(option: string, value: string | undefined, allowed: readonly T[]): T | null {
  if (value === undefined) return null;
  const found = allowed.find((candidate) => candidate === value.toLowerCase());
  if (found === undefined) throw wrongUsage(`${option} is one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

function threadsOf(text: string): number {
  const threads = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (threads < 1 || threads > 256) throw wrongUsage(`--threads is a number from 1 to 256, not "${text}".`);
  return threads;
}

function frameRange(text: string): { from: number; to: number } {
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  if (match === null || from > to) {
    throw wrongUsage(`--frames is <from>-<to>, counted from 0 and with from ≤ to, not "${text}".`);
  }
  return { from, to };
}
