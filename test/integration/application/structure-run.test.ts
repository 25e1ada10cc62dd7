import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunState, SystolaEvent } from '../../../core/api/events.ts';
import type { PropagationLine } from '../../../core/api/propagation.ts';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { distance } from '../../../core/geometry/polygon.ts';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import { backToModel, lastRunsOver } from '../../../core/review/model-contour.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import {
  beatingSize,
  beatingSop,
  beatingStudy,
  layeredBeatingClip,
  layeredPixels,
} from '../../end-to-end/beating-clip.ts';
import type { DicomOptions } from '../../fixtures/dicom/build.ts';
import { calibration } from '../../fixtures/models/model-folder.ts';
import {
  structureLevels,
  threeStructuresFolder,
  threeStructuresName,
} from '../../fixtures/models/three-structures.ts';
import { said } from '../../fixtures/said.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { eventsUntil, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

const structures = ['lv-cavity', 'lv-wall', 'left-atrium'] as const;
type StructureName = (typeof structures)[number];
type Traces = Readonly<Record<number, LandmarkedTrace>>;

async function opened(library: string, models: string) {
  const station = await workstation(library, models);
  running.push(station.application);
  const { json, send, application } = station;
  await json('PUT', 'settings', { provider: 'cpu' });
  const document = () => json<StudyDocument>('GET', `studies/${beatingStudy}`);
  const traces = async (structure: StructureName): Promise<Traces> =>
    ((await document()).review.clips[beatingSop]!.traces[structure] ?? {}) as Traces;
  const start = () => json<RunState>('POST', `clips/${beatingSop}/runs`);
  const run = async () => {
    await start();
    return application.services.runs.ended(beatingSop);
  };
  /** Moves a contour as a reader does. */
  const correct = async (structure: StructureName, frame: number, dx: number) => {
    const before = (await traces(structure))[frame]!;
    const points = before.points.map(([x, y]) => [x + dx, y] as const);
    const after = { ...before, points, source: { kind: 'edited', from: 'model' }, confidence: null };
    const change = { slot: 'trace', structure, sopInstanceUid: beatingSop, frame, before, after };
    const { head } = await document();
    const response = await send('POST', `studies/${beatingStudy}/revisions`, {
      head,
      label: 'corrected',
      changes: [change],
    });
    expect(response.status).toBe(201);
  };
  const propagate = async (structure: StructureName) => {
    const response = await send('POST', `clips/${beatingSop}/propagations`, { structure, range: null });
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as PropagationLine);
    const proposal = lines.at(-1)!;
    if (proposal.type !== 'proposal') throw new Error(`nothing was proposed: ${JSON.stringify(proposal)}`);
    expect((await send('POST', `clips/${beatingSop}/propagations/${proposal.id}/keep`)).status).toBe(201);
    return proposal;
  };
  return { ...station, document, traces, start, run, correct, propagate };
}

async function withClip(manifest?: (one: ModelManifest) => void, options: DicomOptions = {}) {
  const models = folder();
  threeStructuresFolder(models, manifest === undefined ? {} : { manifest });
  const library = folder();
  const station = await opened(library, models);
  await upload(station.application, { 'a4c.dcm': layeredBeatingClip(structureLevels, options) });
  /** Has another model in the place of the first one, which would draw other contours. */
  const exchange = (change: (one: ModelManifest) => void) => {
    const path = join(models, threeStructuresName, 'manifest.json');
    const one = JSON.parse(readFileSync(path, 'utf8')) as ModelManifest;
    change(one);
    writeFileSync(path, JSON.stringify(one));
  };
  return { ...station, library, models, exchange };
}

const isEnd = (event: SystolaEvent) =>
  event.type === 'run' && !['queued', 'loading-model', 'running'].includes(event.run.state);
const measured = ({ facts, clips, review }: StudyDocument) =>
  measureStudy(facts, clips, review, defaultSettings);
const ends = ({ points }: LandmarkedTrace) => [points[0], points.at(-1)];
const frames = Array.from({ length: beatingSize.frames }, (_, frame) => frame);

describe('a run of a model that draws wall and atrium', () => {
  it('streams, stores and measures the contours of all, which are there when it is opened again', async () => {
    const { application, library, models, document, traces, start, json } = await withClip();
    const events = await eventsUntil(application, isEnd, start);
    const streamed = events.flatMap((event) => (event.type === 'trace' ? [event] : []));
    expect(streamed.slice(0, 6).map(({ structure, frame }) => [structure, frame])).toEqual(
      [0, 1].flatMap((frame) => structures.map((structure) => [structure, frame])),
    );
    expect(streamed).toHaveLength(structures.length * frames.length);
    const [cavity, wall, atrium] = await Promise.all(structures.map(traces));
    for (const frame of frames) {
      for (const trace of [wall![frame]!, atrium![frame]!]) {
        expect(ends(trace)).toEqual(ends(cavity![frame]!));
        expect(trace.source).toMatchObject({ kind: 'model', model: threeStructuresName });
      }
    }

    const before = await document();
    expect(before.history).toHaveLength(1);
    const { measurements, clips } = measured(before);
    const clip = clips[beatingSop]!;
    const codes = clip.findings.map(({ code }) => code);
    for (const code of [
      'wall-not-enclosing',
      'atrium-off-base',
      'structure-invalid',
      'structure-unsure',
    ] as const) {
      expect(codes).not.toContain(code);
    }
    const value = (name: string) => measurements.find((one) => one.name === name)!.value;
    // What was drawn: an ellipsoid cut off of 155 mL at ES and 74 at ED, a wall of 10 pixels of 0.8 mm.
    expect(Math.abs(value('LAV max') / 155 - 1)).toBeLessThan(0.08);
    expect(Math.abs(value('LAV min') / 74 - 1)).toBeLessThan(0.1);
    const thickness = clip.measurements.find(({ name }) => name === 'LV wall mid ED')!.value;
    expect(Math.abs(thickness - 8)).toBeLessThan(1.5);
    expect(value('Contour strain')).toBeLessThan(-20);
    // Nothing is run twice.
    expect(await start()).toMatchObject({ state: 'finished' });

    const analysis = await json<{ studies: { clips: { traces: { structure: string }[] }[] }[] }>(
      'GET',
      `studies/${beatingStudy}/exports/json`,
    );
    expect(new Set(analysis.studies[0]!.clips[0]!.traces.map(({ structure }) => structure))).toEqual(
      new Set(structures),
    );

    for (const one of running.splice(0)) await one.close();
    const again = await opened(library, models);
    expect((await again.document()).review).toEqual(before.review);
  });

  it('leaves frames without a cavity without all of them', async () => {
    const { run, traces } = await withClip(undefined, {
      pixels: (frame) =>
        frame === 7 ? new Uint8Array(240 * beatingSize.columns) : layeredPixels(frame, structureLevels),
    });
    await run();
    for (const structure of structures) {
      expect(Object.keys(await traces(structure)).map(Number)).toEqual(frames.filter((frame) => frame !== 7));
    }
  });

  it('judges each structure by its own calibration', async () => {
    const confidence = (limit: number): ModelManifest['confidence'] => ({
      features: ['areaShare', 'areaJump'],
      weights: [0, -1],
      bias: 0,
      limit,
      calibration,
    });
    const { run, traces, document } = await withClip((one) => {
      one.confidence = confidence(0.1)!;
      one.structureConfidence = { 'left-atrium': confidence(0.6)! };
    });
    await run();
    expect((await traces('lv-cavity'))[3]).toMatchObject({ source: { leastConfidence: 0.1 } });
    expect((await traces('left-atrium'))[3]).toMatchObject({ source: { leastConfidence: 0.6 } });
    expect((await traces('lv-wall'))[3]!.source).not.toHaveProperty('leastConfidence');
    // By the jumps of the atrium's own area, not the cavity's.
    const [cavity, atrium] = [(await traces('lv-cavity'))[12]!, (await traces('left-atrium'))[12]!];
    expect(atrium.confidence).not.toBe(cavity.confidence);
    expect(atrium.confidence).toBeLessThanOrEqual(0.5);
    const { findings } = measured(await document()).clips[beatingSop]!;
    const unsure = findings.filter(({ code }) => code === 'structure-unsure');
    expect(unsure.length).toBeGreaterThan(0);
    for (const finding of unsure) expect(said(finding)).toMatch(/of the left atrium/);
  });
});

describe('corrections beside the cavity', () => {
  it('of the cavity take wall and atrium along on the frames that they are carried to, and are one step', async () => {
    const { run, traces, correct, propagate, json } = await withClip();
    await run();
    const drawn = await Promise.all(structures.map(traces));
    await correct('lv-cavity', 3, 5);
    await propagate('lv-cavity');
    const [cavity, wall, atrium] = await Promise.all(structures.map(traces));
    for (const frame of [2, 4, 5]) {
      expect(cavity![frame]!.source.kind).toBe('propagated');
      for (const trace of [wall![frame]!, atrium![frame]!]) {
        expect(ends(trace)).toEqual(ends(cavity![frame]!));
        expect(trace.source).toMatchObject({ kind: 'propagated', from: [3], way: 'displacement' });
      }
    }
    await json('POST', `studies/${beatingStudy}/undo`);
    expect(await Promise.all(structures.map(traces))).toEqual(drawn);
  });

  it('of the wall are carried by displacement, whatever the model says, and end on the cavity’s hinges', async () => {
    const { run, traces, correct, propagate, document } = await withClip((one) => {
      one.propagation = 'memory';
    });
    await run();
    const drawn = await traces('lv-wall');
    await correct('lv-wall', 3, 4);
    await propagate('lv-wall');
    const [cavity, wall] = [await traces('lv-cavity'), await traces('lv-wall')];
    for (const frame of [2, 4]) {
      const { points, apexIndex, source } = wall[frame]!;
      expect(source).toMatchObject({ kind: 'propagated', from: [3], way: 'displacement' });
      expect(ends(wall[frame]!)).toEqual(ends(cavity[frame]!));
      expect(points[apexIndex]![0] - drawn[frame]!.points[apexIndex]![0]).toBeGreaterThan(2);
    }
    expect((await document()).review.clips[beatingSop]!.propagation).toMatchObject({
      structure: 'lv-wall',
      way: 'displacement',
    });
  });

  it('stay when another model runs, are carried on over what that draws, and go back to it', async () => {
    const { application, run, traces, correct, document, exchange } = await withClip();
    await run();
    await correct('lv-wall', 3, 4);
    await correct('lv-cavity', 10, 3);
    const corrected = (await traces('lv-wall'))[3]!;
    const kept = (await traces('lv-cavity'))[10]!;
    exchange((one) => (one.threshold = 0.45));
    await run();
    const [cavity, wall, atrium] = await Promise.all(structures.map(traces));
    expect(wall![3]).toEqual(corrected);
    expect(cavity![10]).toEqual(kept);
    expect(wall![4]!.source).toMatchObject({ kind: 'propagated', from: [3] });
    // The ends of all are those of the cavity that stands there.
    for (const frame of frames.filter((one) => one !== 3)) {
      for (const trace of [wall![frame]!, atrium![frame]!]) {
        expect(distance(trace.points[0]!, cavity![frame]!.points[0]!), `${frame}`).toBeLessThan(1e-9);
        expect(distance(trace.points.at(-1)!, cavity![frame]!.points.at(-1)!)).toBeLessThan(1e-9);
      }
    }

    const { review, history } = await document();
    const { revision } = application.services.library.study(beatingStudy);
    const runs = lastRunsOver(history, beatingSop).map(revision);
    const clip = review.clips[beatingSop]!;
    const back = backToModel(runs, beatingSop, clip, [{ structure: 'lv-wall', frame: 3 }]);
    const changed = back.flatMap((change) =>
      change.slot === 'trace' ? [[change.structure, change.after!.source.kind]] : [],
    );
    expect(changed.length).toBeGreaterThan(3);
    for (const one of changed) expect(one).toEqual(['lv-wall', 'model']);
  });

  it('are all that stays of wall and atrium when a model runs that draws neither', async () => {
    const { run, traces, correct, exchange } = await withClip();
    await run();
    await correct('lv-wall', 3, 4);
    const corrected = (await traces('lv-wall'))[3]!;
    exchange((one) => {
      one.structures = ['lv-cavity'];
      delete one.graph.outputs.structures;
    });
    expect(await run()).toMatchObject({ state: 'finished' });
    expect(await traces('lv-wall')).toEqual({ 3: corrected });
    expect(await traces('left-atrium')).toEqual({});
    expect(Object.keys(await traces('lv-cavity'))).toHaveLength(frames.length);
  });
});
