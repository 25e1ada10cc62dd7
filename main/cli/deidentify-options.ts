import { tagOfName } from '../../core/deidentify/attribute-name.ts';
import { type Choice, choiceNames, choiceProblem } from '../../core/deidentify/policy.ts';
import { type PresetName, presetNames } from '../../core/deidentify/preset.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';

export interface DeidentifyOptions {
  readonly paths: readonly string[];
  readonly out: string;
  readonly preset: PresetName;
  /** null: a key for this run alone. */
  readonly keyFile: string | null;
  readonly mapping: string | null;
  readonly masks: string | null;
  readonly previews: string | null;
  readonly pixelsChecked: boolean;
  /** By group × 65,536 + element. */
  readonly choices: ReadonlyMap<number, Choice>;
}

export const deidentifyUsage = `systola deidentify <file or folder>... --preset <preset> --out <dir> [options]

Writes ultrasound images and clips that name nobody into <dir>, which must be empty or not there yet.

  --preset <preset>      sharing: neither who, when nor where; longitudinal: age, body and scanner stay, dates are
                         moved by as many days for all of a patient; internal: like it, and UIDs stay
  --out <dir>            where to write
  --key-file <file>      key of the project, made where there is none: the same key gives the same pseudonyms, UIDs
                         and days; without, a key for this run alone, which nobody keeps
  --mapping <file>       write whose clip became which, a new file; keep it apart from <dir>
  --masks <file>         what of the pictures stays (JSON); where none fits, it is found in the pictures
  --previews <dir>       write what stays and what goes of each clip as PNG, for somebody to look at
  --pixels-checked       somebody has looked at what stays of every clip, and it names nobody; without it, files say
                         that names may be in their pictures
  --keep <tag>           leave an attribute as it is: 0018,1000 or DeviceSerialNumber; may be given several times
  --remove <tag>         take an attribute out
  --blank <tag>          leave it there without a value
  --pseudonymise <tag>   put in its place what the key makes of it

Structured reports, presentation states and documents are not taken: write them anew from the study.

Exit code: 0 everything was written, 1 some files were refused and are named, 2 nothing was written, 64 bad usage.`;

/** @throws SystolaError `bad-request` saying what is wrong with the command line */
export function parseDeidentifyOptions(argv: readonly string[]): DeidentifyOptions {
  const { values, positionals } = parsedCommandLine(argv, optionTypes);
  const { out, preset } = values;
  if (positionals.length === 0) throw wrongUsage('Name at least one file or folder.');
  if (out === undefined || out === '') throw wrongUsage('Say where to write with --out <dir>.');
  const named = presetNames.find((name) => name === preset);
  if (named === undefined) {
    throw wrongUsage(
      `Say with --preset what the files are for: ${presetNames.join(', ')}${preset === undefined ? '' : `, not "${preset}"`}.`,
    );
  }
  const choices = new Map<number, Choice>();
  for (const choice of choiceNames) {
    for (const name of (values[choice] ?? []).flatMap((list) => list.split(/[\s;]+/))) {
      const tag = tagOfName(name);
      if (tag === null) throw wrongUsage(`--${choice}: there is no attribute "${name}".`);
      const problem = choiceProblem(tag, choice);
      if (problem !== null) throw wrongUsage(`--${choice} ${name}: ${problem}`);
      if (choices.has(tag)) throw wrongUsage(`${name} is chosen twice.`);
      choices.set(tag, choice);
    }
  }
  return {
    paths: positionals,
    out,
    preset: named,
    keyFile: values['key-file'] ?? null,
    mapping: values.mapping ?? null,
    masks: values.masks ?? null,
    previews: values.previews ?? null,
    pixelsChecked: values['pixels-checked'] ?? false,
    choices,
  };
}

const optionTypes = {
  out: { type: 'string' },
  preset: { type: 'string' },
  'key-file': { type: 'string' },
  mapping: { type: 'string' },
  masks: { type: 'string' },
  previews: { type: 'string' },
  'pixels-checked': { type: 'boolean' },
  keep: { type: 'string', multiple: true },
  remove: { type: 'string', multiple: true },
  blank: { type: 'string', multiple: true },
  pseudonymise: { type: 'string', multiple: true },
} as const;
