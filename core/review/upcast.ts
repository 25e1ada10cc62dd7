import { SystolaError } from '../error.ts';
import { largestCoordinate } from '../geometry/schema.ts';
import { leftVentricularCavity } from '../structure/structure.ts';
import { mostNameCharacters } from '../trace/schema.ts';

/**
 * The format that revisions are stored in today. Raise it with every change of what a revision may hold (schema.ts), and
 * add the step that brings the format before to it: stored revisions are never rewritten, only read.
 */
export const revisionFormat = 8;

/** Stored changes in today's shape, as far as they are what their format says; schema.ts decides whether they are. */
export interface Upcast {
  readonly changes: unknown;
  /** True when a value was beyond a limit that came later, and was brought to it. */
  readonly limited: boolean;
}

/**
 * Brings the changes of a stored revision from the format that they were written in to today's. Pure: the same value
 * becomes the same wherever it stands, so that what one revision left is what the next one found.
 *
 * @throws SystolaError `newer-version` when the format is of a later version of Systola
 */
export function upcastChanges(format: number, changes: unknown, study: string | null = null): Upcast {
  if (format > revisionFormat) {
    throw new SystolaError(
      'newer-version',
      `The study was changed with a newer version of Systola (format ${format}, this version knows ${revisionFormat}). Update Systola to open it; nothing is damaged.`,
      study,
    );
  }
  const second = format < 2 ? toFormat2(changes) : { changes, limited: false };
  const third = format < 3 ? toFormat3(second.changes) : second.changes;
  return { ...second, changes: format < 8 ? toFormat8(third) : third };
}

/**
 * What formats 4 to 8 add may be left out, and is left out by what was written before: the same changes mean the same.
 * They are formats of their own all the same: an earlier version would call what it does not know damaged.
 */
function toFormat8(changes: unknown): unknown {
  return changes;
}

/**
 * Format 3 says of what a contour is; before, there were none but of the left ventricle's cavity. A change that said so
 * all the same was none of its format, and is left for the schema to refuse.
 */
function toFormat3(changes: unknown): unknown {
  if (!Array.isArray(changes)) return changes;
  return changes.map((change: unknown) =>
    isRecord(change) && change['slot'] === 'trace'
      ? { ...change, structure: Object.hasOwn(change, 'structure') ? null : leftVentricularCavity }
      : change,
  );
}

/**
 * Format 2 has limits: coordinates within ±{@link largestCoordinate}, names and hashes up to
 * {@link mostNameCharacters} characters. Format 1 took any number and any length. The run record's `fileSha256` is new
 * and left out.
 */
function toFormat2(changes: unknown): Upcast {
  let limited = false;
  const number = (value: unknown): unknown => {
    if (typeof value !== 'number' || Math.abs(value) <= largestCoordinate) return value;
    limited = true;
    return Math.sign(value) * largestCoordinate;
  };
  const point = (value: unknown): unknown => (Array.isArray(value) ? value.map(number) : value);
  const text = (value: unknown): unknown => {
    if (typeof value !== 'string' || value.length <= mostNameCharacters) return value;
    limited = true;
    return value.slice(0, mostNameCharacters);
  };
  const fields =
    (converters: Readonly<Record<string, (value: unknown) => unknown>>) =>
    (value: unknown): unknown => {
      if (!isRecord(value)) return value;
      const converted = { ...value };
      for (const [key, convert] of Object.entries(converters)) {
        if (Object.hasOwn(value, key)) converted[key] = convert(value[key]);
      }
      return converted;
    };
  const bySlot: Readonly<Record<string, (value: unknown) => unknown>> = {
    trace: fields({
      points: (points) => (Array.isArray(points) ? points.map(point) : points),
      source: fields({ model: text, sha256: text }),
    }),
    ruler: fields({ from: point, to: point }),
    run: fields({ model: text, version: text, sha256: text, contourHash: text, provider: text }),
    decision: fields({ at: text }),
  };
  const upcast = (change: unknown): unknown => {
    const convert =
      isRecord(change) && typeof change['slot'] === 'string' ? bySlot[change['slot']] : undefined;
    return convert === undefined ? change : fields({ before: convert, after: convert })(change);
  };
  return { changes: Array.isArray(changes) ? changes.map(upcast) : changes, limited };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
