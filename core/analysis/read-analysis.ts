import { SystolaError } from '../error.ts';
import { leftVentricularCavity } from '../structure/structure.ts';
import { type Analysis, analysisSchema, analysisSchemaName } from './analysis.ts';

type Json = Readonly<Record<string, unknown>>;

/** What takes an analysis of one number to the next; pure, and never changed once a number is out. */
const upcasters: Readonly<Record<string, (analysis: Json) => Json>> = {
  'systola-analysis/1': (analysis) => ({
    ...analysis,
    schema: 'systola-analysis/2',
    studies: mapped(analysis['studies'], (study) => ({
      ...study,
      clips: mapped(study['clips'], (clip) => ({
        ...clip,
        fileSha256: null,
        stage: null,
        framesWithoutPicture: null,
        measurements: mapped(clip['measurements'], withoutStage),
      })),
      measurements: mapped(study['measurements'], withoutStage),
    })),
  }),
  'systola-analysis/2': (analysis) => ({
    ...analysis,
    schema: 'systola-analysis/3',
    studies: mapped(analysis['studies'], (study) => ({
      ...study,
      clips: mapped(study['clips'], (clip) => ({
        ...clip,
        traces: mapped(clip['traces'], (trace) => ({ ...trace, structure: leftVentricularCavity })),
      })),
    })),
  }),
};

/** Keys that schema 3 was given under its own number: an analysis that was written before has none of them. */
const withLaterKeys = (analysis: Json): Json => ({
  ...analysis,
  studies: mapped(analysis['studies'], (study) => ({
    spread: null,
    beatPairs: null,
    report: null,
    reported: null,
    ...study,
    clips: mapped(study['clips'], (clip) => ({
      spread: null,
      recognition: null,
      propagation: null,
      propagations: null,
      marks: null,
      ...clip,
      ...(Array.isArray(clip['marks'])
        ? { marks: mapped(clip['marks'], (mark) => ({ name: null, ...mark })) }
        : {}),
      traces: mapped(clip['traces'], (trace) => ({ propagatedFrom: null, ...trace })),
      beats: mapped(clip['beats'], (beat) => ({ ...unknownBeat, ...beat })),
    })),
  })),
});

const unknownBeat = {
  nextEdFrame: null,
  cycleMs: null,
  edvMl: null,
  esvMl: null,
  efPercent: null,
  included: null,
  excludedBy: null,
  flags: null,
} as const;

/**
 * An `analysis.json` of this version or of any earlier one, as this version would have written it; what an earlier
 * one did not know is null.
 *
 * @param value what the JSON holds
 * @throws SystolaError `malformed` when it is no analysis, of a later version, or damaged
 */
export function readAnalysis(value: unknown, file: string | null = null): Analysis {
  if (!isObject(value) || typeof value['schema'] !== 'string') {
    throw new SystolaError('malformed', 'This is no analysis.json: it names no schema.', file);
  }
  let analysis = value;
  while (analysis['schema'] !== analysisSchemaName) {
    const schema = String(analysis['schema']);
    const upcast = Object.hasOwn(upcasters, schema) ? upcasters[schema] : undefined;
    if (upcast === undefined) {
      throw new SystolaError(
        'malformed',
        `The analysis is of schema "${schema.slice(0, 60)}", which this version does not read. Use a newer version of Systola.`,
        file,
      );
    }
    analysis = upcast(analysis);
  }
  const read = analysisSchema.safeParse(withLaterKeys(analysis));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new SystolaError(
    'malformed',
    `The analysis is damaged at ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'it does not fit its schema'}.`,
    file,
    { cause: read.error },
  );
}

function withoutStage(measurement: Json): Json {
  return { ...measurement, stage: null };
}

/** The objects of a list changed; anything else is left for the schema to refuse. */
function mapped(list: unknown, change: (item: Json) => Json): unknown {
  return Array.isArray(list) ? list.map((item: unknown) => (isObject(item) ? change(item) : item)) : list;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
