import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveExport, withEnding } from '../../../main/hosts/electron/ipc/save-export.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'systola-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pdf = new TextEncoder().encode('%PDF-1.7 …');

describe('saving an exported file', () => {
  it('asks the application for the study and writes what it gives', async () => {
    const asked: string[] = [];
    const path = join(folder, 'report.pdf');
    await saveExport(
      (request) => {
        asked.push(request.url);
        return new Response(pdf);
      },
      '1.2.840.1~2',
      'pdf',
      path,
    );
    expect(asked).toEqual(['systola://app/api/studies/1.2.840.1~2/exports/pdf']);
    expect(new Uint8Array(readFileSync(path))).toEqual(pdf);
    expect(readdirSync(folder)).toEqual(['report.pdf']);
  });

  it("passes on the application's reason and leaves an older report alone", async () => {
    const path = join(folder, 'report.pdf');
    writeFileSync(path, 'older');
    const refuse = () =>
      Response.json({ error: { code: 'not-found', message: 'No such study.', file: null } }, { status: 404 });
    await expect(saveExport(refuse, '1.2', 'pdf', path)).rejects.toMatchObject({
      code: 'not-found',
      message: 'No such study.',
    });
    expect(readFileSync(path, 'utf8')).toBe('older');
  });

  it.each([
    ['disk-full', 507, 'disk-full'],
    ['file-altered', 422, 'file-altered'],
    ['of a later version', 500, 'internal'],
  ])('keeps what the application said of a failure: %s', async (code, status, expected) => {
    const refuse = () => Response.json({ error: { code, message: 'Why.', file: 'a.dcm' } }, { status });
    await expect(saveExport(refuse, '1.2', 'pdf', join(folder, 'x.pdf'))).rejects.toMatchObject({
      code: expected,
      message: 'Why.',
      file: 'a.dcm',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names the file when it cannot be written, and leaves nothing behind', async () => {
    writeFileSync(join(folder, 'a file'), 'kept');
    const path = join(folder, 'a file', 'report.pdf');
    await expect(saveExport(() => new Response(pdf), '1.2', 'pdf', path)).rejects.toMatchObject({
      code: 'unwritable',
      file: path,
    });
    expect(readdirSync(folder)).toEqual(['a file']);
  });

  it('replaces nothing that is a folder', async () => {
    await expect(saveExport(() => new Response(pdf), '1.2', 'pdf', folder)).rejects.toMatchObject({
      file: folder,
    });
  });
});

it.each([
  ['/a/report', '/a/report.pdf'],
  ['/a/report.pdf', '/a/report.pdf'],
  ['/a/REPORT.PDF', '/a/REPORT.PDF'],
  ['/a.pdf/report', '/a.pdf/report.pdf'],
  ['/a/report.2026', '/a/report.2026.pdf'],
  ['/a/pdf', '/a/pdf.pdf'],
])('the typed name %s is written as %s', (typed, written) => {
  expect(withEnding(typed, 'pdf')).toBe(written);
});
