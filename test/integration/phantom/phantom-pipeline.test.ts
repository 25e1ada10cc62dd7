import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Analysis, analysisSchema } from '../../../core/analysis/analysis.ts';
import { type PhantomClip, phantomClip } from '../../fixtures/phantom/phantom.ts';
import { writePhantomDicom } from '../../fixtures/phantom/write-dicom.ts';

const root = resolve(import.meta.dirname, '../../..');
const shipped = join(root, 'models/shipped');
const models = readdirSync(shipped).filter((name) => existsSync(join(shipped, name, 'manifest.json')));

const hearts = [
  { ejectionFraction: 25, edvMl: 180, seed: 21 },
  { ejectionFraction: 55, edvMl: 120, seed: 22 },
  { ejectionFraction: 65, edvMl: 105, seed: 23 },
] as const;

const greatestEfErrorPoints = 5;

const greatestVolumeErrorPercent = 15;

/** A little over one beat. */
const clipLength = { frames: 20, frameRate: 15 } as const;

it('there are models to ask', () => expect(models.length).toBeGreaterThan(0));

describe.each(models)('phantoms through the whole pipeline with %s', (model) => {
  let folder: string;
  let analysis: Analysis;
  const truth = new Map<string, PhantomClip>();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'systola-pipeline-'));
    const files: string[] = [];
    for (const heart of hearts) {
      const patientId = `EF${heart.ejectionFraction}`;
      for (const [index, view] of (['a4c', 'a2c'] as const).entries()) {
        const clip = phantomClip({ ...heart, ...clipLength, view });
        const study = { name: patientId, patientId, description: 'phantom' };
        const path = join(folder, `${patientId}-${view}.dcm`);
        writeFileSync(path, await writePhantomDicom(clip, study, index + 1));
        files.push(path);
        truth.set(patientId, clip);
      }
    }
    const out = join(folder, 'out');
    const code = await systola('analyze', ...files, '--out', out, '--provider', 'cpu', '--model', model);
    expect(code).toBe(0);
    analysis = analysisSchema.parse(JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')));
  }, 900_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const measuredOf = (heart: (typeof hearts)[number]) => {
    const patientId = `EF${heart.ejectionFraction}`;
    const clip = truth.get(patientId)!;
    const study = analysis.studies.find((each) => each.patientId === patientId)!;
    const measured = (name: string) => {
      const found = study.measurements.find((each) => each.name === name && each.method === 'biplane-disks');
      return found?.value ?? Number.NaN;
    };
    const edv = { truth: clip.volumesMl[clip.edFrame]!, measured: measured('EDV') };
    const esv = { truth: clip.volumesMl[clip.esFrame]!, measured: measured('ESV') };
    const ef = { truth: 100 * (1 - esv.truth / edv.truth), measured: measured('EF') };
    const off = (volume: typeof edv) => 100 * (volume.measured / volume.truth - 1);
    console.log(
      `${model}, phantom EF ${ef.truth.toFixed(1)} %: measured ${ef.measured.toFixed(1)} %; ` +
        `EDV ${edv.measured.toFixed(1)} of ${edv.truth.toFixed(1)} mL (${off(edv).toFixed(1)} %); ` +
        `ESV ${esv.measured.toFixed(1)} of ${esv.truth.toFixed(1)} mL (${off(esv).toFixed(1)} %)`,
    );
    return {
      study,
      edvErrorPercent: off(edv),
      esvErrorPercent: off(esv),
      efErrorPoints: ef.measured - ef.truth,
    };
  };

  it.each(hearts)('EF $ejectionFraction %: both views, EF within 5 points', (heart) => {
    const { study, efErrorPoints } = measuredOf(heart);
    expect(study.clips.map(({ view }) => view.code).sort()).toEqual(['a2c', 'a4c']);
    expect(Math.abs(efErrorPoints)).toBeLessThanOrEqual(greatestEfErrorPoints);
  });

  for (const heart of hearts) {
    it(`EF ${heart.ejectionFraction} %: EDV within 15 %`, () => {
      expect(Math.abs(measuredOf(heart).edvErrorPercent)).toBeLessThanOrEqual(greatestVolumeErrorPercent);
    });
    it(`EF ${heart.ejectionFraction} %: ESV within 15 %`, () => {
      expect(Math.abs(measuredOf(heart).esvErrorPercent)).toBeLessThanOrEqual(greatestVolumeErrorPercent);
    });
  }
});

function systola(...argv: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [join(root, 'main/cli/systola.ts'), ...argv], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((done) => child.once('close', done));
}
