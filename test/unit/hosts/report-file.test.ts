import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportFileName, saveReport, withPdfEnding } from '../../../main/hosts/electron/ipc/save-report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'systola-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pdf = new TextEncoder().encode('%PDF-1.7 …');

describe('saving a report', () => {
  it('asks the application for the study and writes what it gives', async () => {
    const asked: string[] = [];
    const path = join(folder, 'report.pdf');
    await saveReport(
      (request) => {
        asked.push(request.url);
        return new Response(pdf);
      },
      '1.2.840.1',
      path,
    );
    expect(asked).toEqual(['systola://app/api/studies/1.2.840.1/report.pdf']);
    expect(new Uint8Array(readFileSync(path))).toEqual(pdf);
    expect(readdirSync(folder)).toEqual(['report.pdf']);
  });

  it("passes on the application's reason and leaves an older report alone", async () => {
    const path = join(folder, 'report.pdf');
    writeFileSync(path, 'older');
    const refuse = () =>
      Response.json({ error: { code: 'not-found', message: 'No such study.', file: null } }, { status: 404 });
    await expect(saveReport(refuse, '1.2', path)).rejects.toThrow('No such study.');
    expect(readFileSync(path, 'utf8')).toBe('older');
  });

  it('names the file when it cannot be written, and leaves nothing behind', async () => {
    writeFileSync(join(folder, 'a file'), 'kept');
    const path = join(folder, 'a file', 'report.pdf');
    await expect(saveReport(() => new Response(pdf), '1.2', path)).rejects.toMatchObject({
      code: 'unreadable',
      file: path,
    });
    expect(readdirSync(folder)).toEqual(['a file']);
  });

  it('replaces nothing that is a folder', async () => {
    await expect(saveReport(() => new Response(pdf), '1.2', folder)).rejects.toMatchObject({ file: folder });
  });
});

describe('the suggested name', () => {
  it.each([
    ['Müller 2026-11-22.pdf', 'Müller 2026-11-22.pdf'],
    ['a/b\\c:d', 'a b c d.pdf'],
    ['../../etc/passwd', 'etc passwd.pdf'],
    ['\u0000\n', 'report.pdf'],
    ['...', 'report.pdf'],
    ['山田^太郎', '山田^太郎.pdf'],
  ])('%j becomes %j', (suggested, name) => {
    expect(reportFileName(suggested)).toBe(name);
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
  expect(withPdfEnding(typed)).toBe(written);
});
