import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { SystolaError } from '../../core/error.ts';
import { FrameDecoder } from '../../main/dicom/frame-decoder.ts';
import {
  closeGuardedReader,
  readObjectGuarded,
  readStoredContours,
} from '../../main/dicom/guarded-reader.ts';
import { isDocument } from '../../main/dicom/read-object.ts';
import { clipFactsSchema, documentFactsSchema, studyFactsSchema } from '../../main/library/facts-schema.ts';
import { fuzzCases, type FuzzCase } from './cases.ts';

/** What no file may do. */
export interface Violation {
  readonly case: Pick<FuzzCase, 'number' | 'name'>;
  readonly what: string;
}

export interface FuzzReport {
  readonly cases: number;
  /** How many cases came to which end. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** How many frames were decoded, and how many could not be. */
  readonly frames: { readonly decoded: number; readonly refused: number };
  readonly slowestMs: number;
  readonly largestGrowthMiB: number;
  readonly violations: readonly Violation[];
}

export const cpuLimitMs = 2000;
export const memoryLimitMiB = 512;
const longestFactsBytes = 512 * 1024;

/**
 * Reads files through the worker threads that the application reads them with, and decodes their first, a middle and
 * the last frame. Each case is one file; processor time and memory are those of the whole process.
 */
export async function runFuzz(
  seed: number,
  numbers: Iterable<number>,
  onCase: (done: number, found: FuzzCase, violations: readonly Violation[]) => void = () => undefined,
): Promise<FuzzReport> {
  const caseOf = fuzzCases(seed);
  const folder = mkdtempSync(join(tmpdir(), 'systola-fuzz-'));
  const decoder = new FrameDecoder({ cacheMiB: 1, workers: 2 });
  const outcomes = new Map<string, number>();
  const violations: Violation[] = [];
  const frames = { decoded: 0, refused: 0 };
  let slowestMs = 0;
  let largestGrowthMiB = 0;
  let cases = 0;

  async function measured<T>(
    tried: FuzzCase,
    what: string,
    work: () => Promise<T>,
  ): Promise<T | SystolaError> {
    const rssBefore = process.memoryUsage.rss();
    const cpuBefore = process.cpuUsage();
    try {
      return await work();
    } catch (error) {
      if (error instanceof SystolaError && error.code !== 'internal' && error.message.length <= 1024)
        return error;
      const reason = error instanceof Error ? `${error.name}: ${error.message.slice(0, 300)}` : String(error);
      violations.push({ case: tried, what: `untyped error while ${what}: ${reason}` });
      return new SystolaError('internal', reason);
    } finally {
      const { user, system } = process.cpuUsage(cpuBefore);
      const ms = (user + system) / 1000;
      // maxRSS is in KiB and never falls: above what was there before, it is the case's.
      const growthMiB = process.resourceUsage().maxRSS / 1024 - Math.max(rssBefore / 2 ** 20, peakMiB);
      peakMiB = Math.max(peakMiB, process.resourceUsage().maxRSS / 1024);
      slowestMs = Math.max(slowestMs, ms);
      largestGrowthMiB = Math.max(largestGrowthMiB, growthMiB);
      if (ms > cpuLimitMs)
        violations.push({ case: tried, what: `${Math.round(ms)} ms of processor time while ${what}` });
      if (growthMiB > memoryLimitMiB)
        violations.push({ case: tried, what: `${Math.round(growthMiB)} MiB while ${what}` });
    }
  }

  async function tryCase(tried: FuzzCase): Promise<string> {
    const path = join(folder, `${tried.number}.dcm`);
    writeFileSync(path, tried.bytes);
    try {
      const read = await measured(tried, 'reading', () => readObjectGuarded(path, 'fuzz.dcm'));
      if (read instanceof SystolaError) {
        if (/does not come to an end/.test(read.message))
          violations.push({ case: tried, what: 'reading it did not end' });
        return read.code;
      }
      if (isDocument(read)) {
        const problem = factsProblem(documentFactsSchema, read.document, read.study);
        if (problem !== null) violations.push({ case: tried, what: problem });
        const sha256 = createHash('sha256').update(tried.bytes).digest('hex');
        const file = { path, fileName: 'fuzz.dcm', sha256, bytes: null };
        await measured(tried, 'reading its contours', () => readStoredContours(file));
        return 'accepted as a document';
      }
      const { clip, study } = read;
      const problem = factsProblem(clipFactsSchema, clip, study);
      if (problem !== null) violations.push({ case: tried, what: problem });
      let lost = 0;
      for (const frame of new Set([0, clip.frames >> 1, clip.frames - 1])) {
        const source = { sopInstanceUid: path, path, fileName: 'fuzz.dcm', pixels: clip.rows * clip.columns };
        const shown = await measured(tried, `decoding frame ${frame}`, () => decoder.frame(source, frame));
        if (shown instanceof SystolaError) {
          lost += 1;
          frames.refused += 1;
        } else {
          frames.decoded += 1;
          if (shown.data.length !== clip.rows * clip.columns * shown.channels)
            violations.push({ case: tried, what: `frame ${frame} has ${shown.data.length} bytes` });
        }
      }
      return lost > 0 ? 'accepted, with frames that cannot be decoded' : 'accepted';
    } finally {
      rmSync(path, { force: true });
    }
  }

  let peakMiB = 0;
  const unhandled = (error: unknown): void => {
    violations.push({ case: { number: -1, name: 'unknown' }, what: `unhandled: ${String(error)}` });
  };
  process.on('unhandledRejection', unhandled);
  try {
    await decoder.warmUp();
    peakMiB = process.resourceUsage().maxRSS / 1024;
    for (const number of numbers) {
      const tried = caseOf(number);
      const before = violations.length;
      const outcome = await tryCase(tried);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      cases += 1;
      onCase(cases, tried, violations.slice(before));
    }
  } finally {
    process.off('unhandledRejection', unhandled);
    await Promise.all([decoder.close(), closeGuardedReader()]);
    rmSync(folder, { recursive: true, force: true });
  }
  return { cases, outcomes, frames, slowestMs, largestGrowthMiB, violations };
}

/** What is wrong with facts that are about to be stored; null when nothing is. */
function factsProblem(schema: z.ZodType, facts: unknown, study: unknown): string | null {
  const stored = JSON.stringify([facts, study]);
  if (stored.length > longestFactsBytes) return `facts of ${stored.length} bytes`;
  const [again, studyAgain] = JSON.parse(stored) as [unknown, unknown];
  const parsed = [schema.safeParse(again), studyFactsSchema.safeParse(studyAgain)];
  const failed = parsed.find((result) => !result.success);
  return failed === undefined ? null : `facts that cannot be stored: ${failed.error?.message.slice(0, 300)}`;
}
