import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import catalogue from '../../../core/language/en.json' with { type: 'json' };
import { inEnglish } from '../../../core/language/english.ts';
import { message, type Message } from '../../../core/language/message.ts';
import { LanguageShelf } from '../../../main/language/language-shelf.ts';
import { bracketed } from '../../fixtures/language/bracketed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

function shelf(files: Readonly<Record<string, unknown>>, chosen = 'en-GB') {
  const library = folder();
  mkdirSync(join(library, 'languages'));
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
    writeFileSync(join(library, 'languages', name), text);
  }
  return new LanguageShelf(library, () => chosen);
}
const german = (messages: Readonly<Record<string, string>>, tag = 'de-AT') => ({
  tag,
  name: 'Deutsch (Österreich)',
  messages,
});
const english = { tag: 'en-GB', name: 'English', file: null, problem: null };
const broughtAlong = { tag: 'de', name: 'Deutsch', file: null, problem: null };
const said = (problem: Message | null | undefined) => (problem ? inEnglish.say(problem) : null);
const all = Object.keys(catalogue.messages).length;

describe('languages of a library', () => {
  it('are English and German where there is no folder', () => {
    let chosen = 'en-GB';
    const languages = new LanguageShelf(folder(), () => chosen);
    expect(languages.list()).toEqual([english, broughtAlong]);
    expect(languages.current).toBe(inEnglish);
    chosen = 'de';
    languages.checkChoice('de');
    expect(languages.current.say('report.title')).toBe('Linksventrikuläre Volumina und Ejektionsfraktion');
  });

  it('are those of a file before the German that comes along', () => {
    const languages = shelf({ 'ours.json': german({ 'run.queued': 'in Warteschlange' }, 'de') }, 'de');
    expect(languages.list().map(({ tag, file }) => [tag, file])).toEqual([
      ['en-GB', null],
      ['de', 'ours.json'],
    ]);
    expect(languages.current.say('run.queued')).toBe('in Warteschlange');
    expect(languages.current.say('run.loading-model')).toBe(inEnglish.say('run.loading-model'));
  });

  it('are one more for a file, and what a file lacks is said in English', () => {
    const languages = shelf(
      {
        'german.json': german({ 'run.queued': 'wartet', 'of.another.version': 'x' }),
        'whole.json': bracketed,
      },
      'de-AT',
    );
    expect(languages.list()).toEqual([
      english,
      broughtAlong,
      {
        tag: 'de-AT',
        name: 'Deutsch (Österreich)',
        file: 'german.json',
        problem: message('languages.missing', { missing: all - 1, of: all }),
      },
      { tag: 'en-AU', name: '⟦English⟧', file: 'whole.json', problem: null },
    ]);
    expect(languages.current.say('run.queued')).toBe('wartet');
    expect(languages.current.say('run.loading-model')).toBe(inEnglish.say('run.loading-model'));
  });

  it('leave out messages that cannot be read, or give other values than their message does, and say so', () => {
    const messages = {
      'run.queued': 'wartet {',
      'run.loading-model': '{nothing}',
      'run.failed': 'weil {reason, number, d0}',
      'run.finished': 'nichts',
      'run.cancelled': "abgebrochen bei d'{done} von {total}",
      'run.running': '{done, plural, one {ein Bild} other {# Bilder}} von {total}',
      'run.running-time-left': '{done} von {total}, {seconds, plural, one {eine Sekunde} other {# Sekunden}}',
      'finding.ef-implausible': 'EF {percent, number, percent}',
      'frames.named': 'Bild {frames}',
      'view.name': '{view, select, a2c {2K} other {?}}',
      'notice.research-use': '\u200b',
    };
    const languages = shelf({ 'german.json': german(messages) });
    const [, , listed] = languages.list();
    expect(said(listed?.problem)).toBe(
      '7 of its messages cannot be used: run.queued, run.loading-model, run.failed ….',
    );
    expect(Object.keys(languages.file('de-AT').messages)).toEqual([
      ...['run.running', 'run.running-time-left', 'frames.named', 'view.name'],
    ]);
  });

  it('are read again when their file is another, and English when it is gone', () => {
    const library = folder();
    mkdirSync(join(library, 'languages'));
    const path = join(library, 'languages', 'german.json');
    const write = (word: string) => writeFileSync(path, JSON.stringify(german({ 'run.queued': word })));
    const languages = new LanguageShelf(library, () => 'de-AT');
    expect(languages.current).toBe(inEnglish);
    write('wartet');
    expect(languages.current.say('run.queued')).toBe('wartet');
    expect(languages.current).toBe(languages.current);
    write('in der Schlange');
    expect(languages.current.say('run.queued')).toBe('in der Schlange');
    rmSync(path);
    expect(languages.current).toBe(inEnglish);
  });

  it.skipIf(process.platform === 'win32')('wait for no pipe and read no device', () => {
    const library = folder();
    mkdirSync(join(library, 'languages'));
    execFileSync('mkfifo', [join(library, 'languages', 'pipe.json')]);
    symlinkSync('/dev/zero', join(library, 'languages', 'zero.json'));
    mkdirSync(join(library, 'languages', 'folder.json'));
    const listed = new LanguageShelf(library, () => 'en-GB').list();
    expect(listed.map(({ tag }) => tag)).toEqual(['en-GB', 'de', null, null, null]);
  });

  it.each([
    ['no JSON', '{'],
    ['no language file', { tag: 'de' }],
    ['not UTF-8', Buffer.from([0x7b, 0xfc, 0x7d])],
    ['a tag that is none', german({}, 'deutsch!')],
    ['a tag of no language', german({}, 'zz')],
    ['what English has', german({}, 'en-GB')],
    ['too large', german({ a: 'x'.repeat(3 * 1024 * 1024) })],
  ])('that are %s are named and cannot be chosen', (_, content) => {
    const languages = shelf({ 'odd.json': content }, 'de-AT');
    const [, , listed] = languages.list();
    expect(listed).toMatchObject({ tag: null, name: 'odd.json', file: 'odd.json' });
    expect(said(listed?.problem)).toMatch(/\.$/);
    expect(() => languages.checkChoice('de-AT')).toThrow(/no language file of "de-AT"/);
    // One that was chosen before it was spoilt: the program goes on in English.
    expect(languages.current).toBe(inEnglish);
  });

  it('are one for a tag', () => {
    const languages = shelf({
      'a.json': german({ 'run.queued': 'a' }),
      'b.json': german({ 'run.queued': 'b' }),
    });
    expect(languages.list()[3]).toMatchObject({ tag: null, file: 'b.json' });
    expect(languages.file('de-AT').messages['run.queued']).toBe('a');
  });
});
