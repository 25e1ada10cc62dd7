import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../../core/language/english.ts';
import { ReportShelf } from '../../../main/report/report-shelf.ts';
import { defaultTemplate } from '../../../main/report/template.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const drawing =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1"/></svg>';
const own = {
  format: 'systola-report-template/1',
  name: 'Ward',
  title: 'Echo of the ward',
  first: ['numbers', 'conclusion'],
  further: ['provenance', 'findings'],
};

function library(files: Readonly<Record<string, string>> = {}): { path: string; shelf: ReportShelf } {
  const path = folder();
  mkdirSync(join(path, 'templates'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, 'templates', name), text);
  return { path, shelf: new ReportShelf(path) };
}

const problemOf = async (text: string): Promise<string> => {
  const { templates } = await library({ 'a.json': text }).shelf.means();
  const problem = templates[1]?.problem;
  return problem ? inEnglish.say(problem) : '';
};

describe('templates of the library', () => {
  it('are listed behind the one that comes along, and used', async () => {
    const { shelf } = library({ 'ward.json': JSON.stringify(own), 'notes.txt': 'none' });
    expect((await shelf.means()).templates).toEqual([
      { file: null, name: 'Systola', problem: null },
      { file: 'ward.json', name: 'Ward', problem: null },
    ]);
    expect((await shelf.arrangement('ward.json')).template).toEqual(own);
    expect((await shelf.arrangement(null)).template).toEqual(defaultTemplate);
  });

  it('are none in a library without the folder', async () => {
    const shelf = new ReportShelf(folder());
    expect(await shelf.means()).toEqual({
      templates: [{ file: null, name: 'Systola', problem: null }],
      logo: null,
    });
  });

  it.each([
    ['no JSON', 'no JSON', '{'],
    ['bytes that are no text', 'no JSON', '\u0000\u0001'],
    ['of another format', 'at format', JSON.stringify({ ...own, format: 'systola-report-template/2' })],
    ['with a word that is not known', 'Unrecognized key', JSON.stringify({ ...own, script: 'x' })],
    ['without its findings', 'findings and provenance', JSON.stringify({ ...own, further: ['provenance'] })],
    ['with a section twice', 'stands once', JSON.stringify({ ...own, first: ['numbers', 'numbers'] })],
    ['with a section of none', 'at first', JSON.stringify({ ...own, first: ['secrets'] })],
    ['with a logo somewhere else', 'beside the template', JSON.stringify({ ...own, logo: '../../x.png' })],
    ['with a logo that is not there', 'cannot be read', JSON.stringify({ ...own, logo: 'x.png' })],
    ['with control characters', 'no control characters', JSON.stringify({ ...own, title: 'a\u0007' })],
    ['with a title without end', 'at title', JSON.stringify({ ...own, title: 'x'.repeat(1000) })],
    ['too large', 'larger than', JSON.stringify({ ...own, title: 'x'.repeat(100_000) })],
    ['that is a list', 'at the top', '[]'],
  ])('say what is wrong with one %s', async (_, why, text) => {
    expect(await problemOf(text)).toContain(why);
  });

  it('give way to the one that comes along, and are refused when they are chosen', async () => {
    const { shelf } = library({ 'bad.json': '{' });
    expect((await shelf.arrangement('bad.json')).template).toEqual(defaultTemplate);
    expect((await shelf.arrangement('gone.json')).template).toEqual(defaultTemplate);
    expect((await shelf.arrangement('../../../etc/passwd')).template).toEqual(defaultTemplate);
    expect(() => shelf.checkChoice('bad.json')).toThrow('no template of a report');
    expect(() => shelf.checkChoice('gone.json')).toThrow('no such template');
    expect(() => shelf.checkChoice('../library.sqlite')).toThrow('no such template');
    expect(() => shelf.checkChoice(null)).not.toThrow();
  });
});

describe('the logo', () => {
  it('is taken in, exchanged and removed', async () => {
    const { path, shelf } = library();
    await shelf.putLogo(Buffer.from(drawing));
    expect((await shelf.means()).logo).toEqual({ file: 'logo.svg', problem: null });
    expect((await shelf.arrangement(null)).logo).toMatchObject({ width: 4, height: 1 });
    await shelf.putLogo(Buffer.from(drawing.replace('0 0 4 1', '0 0 8 1')));
    expect((await shelf.arrangement(null)).logo?.width).toBe(8);
    expect(readdirSync(join(path, 'templates'))).toEqual(['logo.svg']);
    await shelf.removeLogo();
    expect(await shelf.means()).toMatchObject({ logo: null });
  });

  it('that cannot be drawn leaves the one before where it is', async () => {
    const { path, shelf } = library({ 'logo.svg': drawing });
    await expect(shelf.putLogo(Buffer.from('<svg><script/></svg>'))).rejects.toMatchObject({
      code: 'malformed',
    });
    expect(readdirSync(join(path, 'templates'))).toEqual(['logo.svg']);
    expect((await shelf.arrangement(null)).logo).not.toBeNull();
  });

  it('is the template’s own where it names one, and none where it wants none', async () => {
    const { shelf } = library({
      'logo.svg': drawing,
      'ward.svg': drawing.replace('0 0 4 1', '0 0 9 1'),
      'ward.json': JSON.stringify({ ...own, logo: 'ward.svg' }),
      'plain.json': JSON.stringify({ ...own, logo: null }),
    });
    expect((await shelf.arrangement('ward.json')).logo?.width).toBe(9);
    expect((await shelf.arrangement('plain.json')).logo).toBeNull();
  });

  it('that somebody put there and that cannot be drawn costs no report, and is named', async () => {
    const { shelf } = library({ 'logo.png': 'no picture' });
    expect((await shelf.arrangement(null)).logo).toBeNull();
    expect((await shelf.means()).logo?.problem).toContain('it is no PNG, JPEG or SVG');
  });
});
