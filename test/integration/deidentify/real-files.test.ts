import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { presetNames } from '../../../core/deidentify/preset.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { foundIn } from '../../fixtures/deidentify/byte-search.ts';
import { deidentified } from '../../fixtures/deidentify/deidentified.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const hasValidator = isInstalled('dciodvfy');
const sample = join(import.meta.dirname, '../../../assets/sample-study');
const data = process.env['SYSTOLA_TEST_DATA'];
const real = join(data ?? '', 'dicom');
const hasReal = data !== undefined && existsSync(real);
if (!hasReal) console.log('Skipped: real DICOM files (SYSTOLA_TEST_DATA names no folder that holds dicom/).');

const filesIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => join(path, name))
    .toSorted();

/** Errors that dciodvfy tells of, without their values. */
function errorsOf(path: string): string[] {
  // Exits with 1 where it has found any.
  const said = saidBy('sh', '-c', 'dciodvfy "$0"; true', path);
  return said.split('\n').filter((line) => line.startsWith('Error'));
}

const newErrors = (before: string, after: string): string[] => {
  const known = new Set(errorsOf(before));
  return errorsOf(after).filter((line) => !known.has(line));
};

/** What of a file's facts has to be the same afterwards; views that words alone tell to be none of ours go with them. */
const pictureOf = (clip: ClipFacts) => {
  const { rows, columns, frames, timing, regions, pixelSpacingMm, heartRateBpm, view } = clip;
  const told = view.code === 'other' ? 'unknown' : view.code;
  return { rows, columns, frames, timing, regions, pixelSpacingMm, heartRateBpm, told };
};

describe('a validator that is not ours', () => {
  it.runIf(hasValidator)('finds nothing in de-identified files that it did not find before', async () => {
    for (const preset of presetNames) {
      for (const path of filesIn(sample)) {
        const { path: after } = await deidentified(folder(), path, { preset });
        expect([preset, path, newErrors(path, after)]).toEqual([preset, path, []]);
      }
      for (const syntax of ['explicit', 'implicit', 'jpeg', 'rle', 'jpeg-ls'] as const) {
        const before = join(folder(), 'before.dcm');
        writeFileSync(before, buildDicom({ syntax, rows: 32, columns: 48 }));
        const { path: after } = await deidentified(folder(), before, { preset });
        expect([preset, syntax, newErrors(before, after)]).toEqual([preset, syntax, []]);
      }
    }
  });
});

describe.runIf(hasReal)('real files', () => {
  for (const path of hasReal ? filesIn(real) : []) {
    it(`${relative(real, path)} names nobody, and is the same clip`, async () => {
      const before = readInstance(readFileSync(path), 'clip.dcm');
      const { patient, accessionNumber } = before.study;
      const names = [patient.name.alphabetic, ...patient.name.alphabetic.split(/[\^ ,]+/)];
      const identifying = [
        ...names.filter((name) => name.length > 3),
        ...[patient.patientId, accessionNumber ?? ''].filter((id) => id.length > 5),
        before.study.studyInstanceUid,
        before.clip.sopInstanceUid,
        ...(before.study.studyDate === null ? [] : [before.study.studyDate.replaceAll('-', '')]),
      ];
      const { bytes, path: after, clip } = await deidentified(folder(), path);
      expect(foundIn(bytes, identifying)).toEqual([]);
      const again = readInstance(bytes, 'clip.dcm');
      expect(pictureOf(again.clip)).toEqual(pictureOf(before.clip));
      expect(again.study.patient.patientId).toBe(clip.patient);
      expect(clip.blackFrames).toEqual([]);
      if (hasValidator) expect(newErrors(path, after)).toEqual([]);
    });
  }
});
