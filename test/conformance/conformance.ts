/*
 * `npm run conformance [-- options]`: exports studies in every DICOM format and gives the objects to whatever reads them
 * elsewhere: validators, toolkits, libraries, an archive. Exit code 1 when one of them objects, or is not here and was not
 * left out by name.
 *
 *   --studies <n>     seeded studies that two readers are compared on (default 1000)
 *   --from <seed>     the first of them (default 0)
 *   --python <path>   a Python with pydicom and highdicom (default: python3)
 *   --without <tool>  goes without a tool that is not here; may be repeated
 *   --keep <dir>      where the objects are left; else they go
 *   --only <subject>  part of a subject's name; may be repeated, "seeded" for the seeded studies
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checks, isOnPath } from './checks.ts';
import { type ExportedObject, writeObjects } from './exported-object.ts';
import { Orthanc } from './orthanc.ts';
import { PythonReader } from './python-reader.ts';
import { seededSnapshot } from './seeded-studies.ts';
import { isHere, snapshotsOf, subjects } from './subjects.ts';
import { variants } from './variants.ts';
import { compareReaders } from './two-readers.ts';

const { values: options } = parseArgs({
  options: {
    studies: { type: 'string', default: '1000' },
    from: { type: 'string', default: '0' },
    python: { type: 'string', default: 'python3' },
    without: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    keep: { type: 'string' },
  },
});

/** How often a tool was asked, and what it objected to. */
const verdicts = new Map<string, { asked: number; objections: number }>();
let failed = false;

process.exitCode = await main();

async function main(): Promise<number> {
  const folder = options.keep ?? (await mkdtemp(join(tmpdir(), 'systola-objects-')));
  await mkdir(folder, { recursive: true });
  const python = await PythonReader.start(options.python);
  need('pydicom', python !== null);
  need('highdicom', python !== null && python.versions.highdicom !== null);
  for (const { tool, isHere: isToolHere } of checks) need(tool, isToolHere());
  need('Orthanc', isOnPath('Orthanc'));
  try {
    await using archive = isOnPath('Orthanc') ? await Orthanc.start() : null;
    await checkSubjects(folder, python, archive);
    if (isWanted('seeded')) await checkSeeded(folder, python);
  } finally {
    await python?.close();
    if (options.keep === undefined) await rm(folder, { recursive: true, force: true });
  }
  console.log();
  for (const [tool, { asked, objections }] of verdicts) {
    console.log(`${tool.padEnd(18)} ${String(asked).padStart(6)} objects, ${objections} with objections`);
  }
  console.log(failed ? '\nNot all is well.' : '\nNo objection.');
  return failed ? 1 : 0;
}

async function checkSubjects(
  folder: string,
  python: PythonReader | null,
  archive: Orthanc | null,
): Promise<void> {
  for (const subject of subjects.filter(({ name }) => isWanted(name))) {
    if (!isHere(subject)) {
      need(subject.name, false);
      continue;
    }
    for await (const snapshot of snapshotsOf(subject)) {
      const { objects, refused, ms } = await writeObjects(subject.name, snapshot, folder);
      const contours = contourCount(snapshot.document.review.clips);
      console.log(`${subject.name}: ${contours} contours, ${objects.length} objects in ${Math.round(ms)} ms`);
      for (const { name, reason } of refused) object(name, 'export', [reason]);
      if (contours === 0) object(subject.name, 'export', ['there is no contour in it']);
      for (const one of objects) {
        for (const check of checks) {
          if (check.isHere() && check.appliesTo(one)) object(one.name, check.tool, check.problems(one));
        }
        if (python !== null) await readTwice(one, python);
        if (archive !== null) object(one.name, 'Orthanc', await archive.problems(one));
      }
    }
  }
}

/** Every seeded study through the writer and two readers; validators look at three in fifty, one of each variant. */
async function checkSeeded(folder: string, python: PythonReader | null): Promise<void> {
  let elements = 0;
  let count = 0;
  const refusals = new Map<string, number>();
  const first = Number(options.from);
  for (let seed = first; seed < first + Number(options.studies); seed += 1) {
    const { objects, refused } = await writeObjects(
      `seeded ${seed}`,
      variants[seed % variants.length]!(seededSnapshot(seed)),
      folder,
    );
    for (const { name, reason } of refused) {
      const kind = `${name.replace(/^.*, /, '')}: ${reason}`;
      refusals.set(kind, (refusals.get(kind) ?? 0) + 1);
    }
    for (const one of objects) {
      count += 1;
      if (python !== null) elements += await readTwice(one, python);
      if (seed % 50 < variants.length) {
        for (const { tool, isHere: isToolHere, appliesTo, problems } of checks) {
          if (isToolHere() && appliesTo(one) && tool !== 'Pixelmed') object(one.name, tool, problems(one));
        }
      }
      if (options.keep === undefined) await rm(one.path);
    }
  }
  console.log(`${options.studies} seeded studies: ${count} objects, ${elements} elements read alike by both`);
  for (const [reason, times] of refusals) console.log(`  ${times} refused: ${reason}`);
}

async function readTwice(one: ExportedObject, python: PythonReader): Promise<number> {
  const { elements, problems } = await compareReaders(one, python);
  object(one.name, 'dcmjs and pydicom', problems);
  return elements;
}

function object(name: string, tool: string, problems: readonly string[]): void {
  const verdict = verdicts.get(tool) ?? { asked: 0, objections: 0 };
  verdict.asked += 1;
  verdicts.set(tool, verdict);
  if (problems.length === 0) return;
  verdict.objections += 1;
  failed = true;
  console.log(`  ${name}: ${tool} objects`);
  for (const problem of problems.slice(0, 5)) console.log(`    ${problem.slice(0, 300)}`);
  if (problems.length > 5) console.log(`    and ${problems.length - 5} more`);
}

function need(tool: string, there: boolean): void {
  if (there) return;
  const isLeftOut = options.without.includes(tool);
  console.log(
    `${tool} is not here${isLeftOut ? ': left out, as told' : `; --without "${tool}" goes on without`}`,
  );
  failed ||= !isLeftOut;
}

function isWanted(name: string): boolean {
  return options.only.length === 0 || options.only.some((part) => name.includes(part));
}

function contourCount(
  clips: Readonly<Record<string, { readonly traces: Readonly<Record<string, object>> }>>,
): number {
  return Object.values(clips).reduce(
    (sum, { traces }) =>
      sum + Object.values(traces).reduce((all, frames) => all + Object.keys(frames).length, 0),
    0,
  );
}
