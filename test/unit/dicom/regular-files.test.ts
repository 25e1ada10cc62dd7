import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser, { type DataSet as ParsedDataSet } from 'dicom-parser';
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import type { DataSet } from '../../../main/dicom/data-set.ts';
import { DataSetWalker } from '../../../main/dicom/data-set-walker.ts';
import { readMeta } from '../../../main/dicom/file-meta.ts';
import { transferSyntax } from '../../../main/dicom/transfer-syntax.ts';
import { buildDicom, transferSyntaxes, type SyntaxName } from '../../fixtures/dicom/build.ts';

/** Where every public element lies, by dicom-parser, which reads regular files only. */
function parsed(bytes: Uint8Array): Map<string, [offset: number, length: number]> {
  const dataSet: ParsedDataSet = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
  const places = new Map<string, [number, number]>();
  for (const { tag, dataOffset, length, items } of Object.values(dataSet.elements)) {
    const group = Number.parseInt(tag.slice(1, 5), 16);
    if (group === 2 || group % 2 === 1 || tag === 'x7fe00010' || items !== undefined) continue;
    places.set(tag, [dataOffset, length]);
  }
  return places;
}

function walked(bytes: Uint8Array): { dataSet: DataSet; damagedParts: number } {
  const source = new MemorySource(bytes);
  const meta = readMeta(source, 132);
  const syntax = transferSyntax(meta.transferSyntaxUid ?? '');
  if (syntax === null) throw new Error('It has no transfer syntax.');
  const encoding = { explicit: syntax.explicitVr, littleEndian: !syntax.bigEndian };
  return new DataSetWalker(source, new Map()).walk(meta.end, encoding);
}

function expectSamePlaces(bytes: Uint8Array): void {
  const { dataSet, damagedParts } = walked(bytes);
  expect(damagedParts).toBe(0);
  const places = parsed(bytes);
  expect(places.size).toBeGreaterThan(10);
  for (const [tag, [offset, length]] of places) {
    expect(dataSet.elements.get(tag), tag).toMatchObject({ offset, length });
  }
}

describe('a regular file is read as dicom-parser reads it', () => {
  const names = (Object.keys(transferSyntaxes) as SyntaxName[]).filter((name) => name !== 'deflated');
  it.each(names)('built: %s', (syntax) => {
    expectSamePlaces(buildDicom({ syntax }));
    expectSamePlaces(
      buildDicom({ syntax, undefinedLengths: true, patientName: 'Doe^Jane', frameTimeMs: 33.3 }),
    );
  });

  const data = process.env['SYSTOLA_TEST_DATA'];
  const recordings = data === undefined ? '' : join(data, 'dicom');
  if (!existsSync(recordings)) console.log('Skipped: regular recordings (SYSTOLA_TEST_DATA is not set).');
  it.runIf(existsSync(recordings))('recorded', () => {
    let read = 0;
    for (const name of readdirSync(recordings, { recursive: true, encoding: 'utf8' })) {
      const path = join(recordings, name);
      if (!statSync(path).isFile()) continue;
      const bytes = readFileSync(path);
      if (bytes.subarray(128, 132).toString('latin1') !== 'DICM') continue;
      try {
        parsed(bytes);
      } catch {
        // Not a regular one.
        continue;
      }
      expectSamePlaces(bytes);
      read += 1;
    }
    expect(read).toBeGreaterThan(5);
  });
});
