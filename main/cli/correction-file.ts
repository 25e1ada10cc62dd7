import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { claimsToBeCoco, type CocoOutline, cocoOutlines } from '../../core/document/coco-outlines.ts';
import { SystolaError } from '../../core/error.ts';
import { pointSchema } from '../../core/geometry/schema.ts';
import { structuresBesideCavity } from '../../core/model/drawn-structures.ts';
import { leftVentricularCavity, structureOf, type StructureId } from '../../core/structure/structure.ts';
import { leastControlPoints, mostControlPoints } from '../../core/trace/limits.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { readMask } from './correction-mask.ts';

/**
 * A contour of one frame as a person gave it: the contour, the path of a mask that one is made of, or an outline that one is
 * fitted to.
 */
export interface GivenCorrection {
  readonly frame: number;
  readonly structure: StructureId;
  readonly shape:
    { readonly trace: Trace } | { readonly mask: string } | Pick<CocoOutline, 'outline' | 'size'>;
}

export interface GivenCorrections {
  /** By SOP Instance UID, in the order of the file. */
  readonly clips: ReadonlyMap<string, readonly GivenCorrection[]>;
  /** What the file has besides, and why it is no correction: a sentence each. */
  readonly leftOut: readonly string[];
}

/** Structures that a contour is made of from a mask. */
const tracedInMasks: readonly StructureId[] = [leftVentricularCavity, ...structuresBesideCavity];

const largestFileBytes = 64 * 1024 * 1024;

/** The shape of a contour is that of `traces[]` in analysis.json; what else stands there is passed over. */
const givenTraceSchema = z.object({
  points: z.array(pointSchema).min(leastControlPoints).max(mostControlPoints),
  hinges: z.tuple([pointSchema, pointSchema]).nullable(),
  apex: pointSchema.nullable(),
});

const correctionSchema = z
  .object({
    frame: z.number().int().min(0).max(1_000_000),
    structure: z.string().max(64).default(leftVentricularCavity),
    trace: givenTraceSchema.optional(),
    mask: z.string().min(1).max(4096).optional(),
  })
  .refine(
    ({ trace, mask }) => (trace === undefined) !== (mask === undefined),
    'gives either a trace or a mask',
  );

const fileSchema = z.object({
  clips: z.array(
    z.object({ sopInstanceUid: z.string().min(1).max(64), corrections: z.array(correctionSchema) }),
  ),
});

/**
 * What `--correct` names: corrections of contours by clip and frame, or outlines of a COCO file. Masks are looked at one at
 * a time and not kept.
 *
 * @throws SystolaError `bad-request` saying which place of which file is wrong; nothing of a file is taken then
 */
export async function readCorrections(file: string): Promise<GivenCorrections> {
  const document = await readJson(file);
  if (claimsToBeCoco(document)) return outlined(file, document);
  const parsed = fileSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(file, issue?.path.map(String) ?? [], issue?.message ?? 'it is no list of corrections');
  }
  const given = new Map<string, GivenCorrection[]>();
  const seen = new Set<string>();
  for (const [clipIndex, { sopInstanceUid, corrections }] of parsed.data.clips.entries()) {
    const ofClip = given.get(sopInstanceUid) ?? [];
    given.set(sopInstanceUid, ofClip);
    for (const [index, { frame, structure, trace, mask }] of corrections.entries()) {
      const place = ['clips', String(clipIndex), 'corrections', String(index)];
      const key = `${sopInstanceUid}/${structure}/${frame}`;
      if (seen.has(key)) throw wrong(file, place, `frame ${frame} is corrected twice`);
      seen.add(key);
      const landmarks = structureOf(structure)?.landmarks;
      if (landmarks === undefined) throw wrong(file, place, `the structure "${structure}" is not known`);
      if (trace !== undefined) {
        const apexIndex = landmarks === 'none' ? closed(trace) : apexOf(trace);
        if (typeof apexIndex === 'string') throw wrong(file, [...place, 'trace'], apexIndex);
        const { points } = trace;
        const made: Trace = {
          points,
          apexIndex,
          source: { kind: 'edited', from: 'model' },
          confidence: null,
        };
        ofClip.push({ frame, structure, shape: { trace: made } });
      } else if (mask !== undefined) {
        if (!tracedInMasks.includes(structure)) {
          throw wrong(file, place, `a mask is of ${tracedInMasks.join(', ')}; give a trace`);
        }
        const path = resolve(dirname(file), mask);
        const read = await readMask(path);
        if (typeof read === 'string') throw wrong(file, [...place, 'mask'], `${mask}: ${read}`);
        ofClip.push({ frame, structure, shape: { mask: path } });
      }
    }
  }
  return { clips: given, leftOut: [] };
}

function outlined(file: string, document: unknown): GivenCorrections {
  const read = cocoOutlines(document);
  if (typeof read === 'string') throw new SystolaError('bad-request', `--correct: ${file}: ${read}.`, file);
  const clips = Map.groupBy(read.outlines, ({ sopInstanceUid }) => sopInstanceUid);
  return {
    clips: new Map(
      [...clips].map(([uid, outlines]) => [
        uid,
        outlines.map(({ frame, structure, outline, size }) => ({
          ...{ frame, structure, shape: { outline, size } },
        })),
      ]),
    ),
    leftOut: read.leftOut.map(
      ({ reason, annotations }) =>
        `${annotations === 1 ? '1 annotation is' : `${annotations} annotations are`} left out: ${reason}.`,
    ),
  };
}

async function readJson(file: string): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new SystolaError('bad-request', `--correct: the file ${file} cannot be read (${code}).`, file);
  }
  if (bytes.byteLength > largestFileBytes) {
    throw new SystolaError('bad-request', `--correct: the file ${file} is larger than 64 MiB.`, file);
  }
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    throw new SystolaError('bad-request', `--correct: the file ${file} is no JSON.`, file);
  }
}

type GivenTrace = z.infer<typeof givenTraceSchema>;

/** Index of the apex among the points; in words what is wrong with the landmarks. */
function apexOf({ points, hinges, apex }: GivenTrace): number | string {
  if (hinges === null || apex === null) return 'the contour has no hinges or no apex';
  const [first, last] = [points[0]!, points.at(-1)!];
  if (!same(hinges[0], first) || !same(hinges[1], last)) return 'the hinges are the first and the last point';
  const index = points.findIndex((point) => same(point, apex));
  if (index < 1 || index > points.length - 2) return 'the apex is one of the points between the hinges';
  return index;
}

function closed({ hinges, apex }: GivenTrace): null | string {
  return hinges === null && apex === null ? null : 'the contour is closed: its hinges and apex are null';
}

function same([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): boolean {
  return ax === bx && ay === by;
}

function wrong(file: string, place: readonly string[], what: string): SystolaError {
  return new SystolaError(
    'bad-request',
    `--correct: ${file}: ${[...place, ''].join('.').slice(0, -1)}: ${what}.`,
    file,
  );
}
