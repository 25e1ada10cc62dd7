import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, expect } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { workstation } from '../application/workstation.ts';
import type { StoredNumber } from './stored-numbers.ts';

/** What a study held when the version of its library was today's; traces of each clip, by structure where several were. */
export interface ExpectedStudy<Traces = number> {
  readonly revisions: number;
  readonly measurements: StoredNumber[];
  readonly clips: Readonly<
    Record<string, { measurements: StoredNumber[]; curve: (number | null)[]; traces: Traces }>
  >;
}

/** A library as an older version left it, which is opened anew for each test; see the fixture's README. */
export function oldLibrary<Traces = number>(format: 1 | 2 | 3) {
  const folder = temporaryFolders();
  const fixture = resolve(import.meta.dirname, `../../fixtures/library/format-${format}`);
  const running: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const application of running.splice(0)) await application.close();
  });
  const { studies } = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as {
    studies: Record<string, ExpectedStudy<Traces>>;
  };
  const copy = (): string => {
    const path = folder();
    for (const name of ['library.sqlite', 'structures.json', 'files'])
      if (existsSync(join(fixture, name))) cpSync(join(fixture, name), join(path, name), { recursive: true });
    return path;
  };
  const opened = async (path = copy()) => {
    const station = await workstation(path);
    running.push(station.application);
    return station;
  };
  return { studies, copy, opened };
}

/** Undoes all that was said of a study and makes it again, to what it was. */
export async function undoneAndMadeAgain(
  { json, send }: Awaited<ReturnType<typeof workstation>>,
  study: string,
): Promise<void> {
  const before = await json<StudyDocument>('GET', `studies/${study}`);
  let steps = 0;
  while ((await send('POST', `studies/${study}/undo`)).status === 201) steps += 1;
  expect(steps).toBeGreaterThan(8);
  for (let step = 0; step < steps; step += 1) {
    expect((await send('POST', `studies/${study}/redo`)).status).toBe(201);
  }
  const { review } = await json<StudyDocument>('GET', `studies/${study}`);
  expect(review.clips).toEqual(before.review.clips);
}
