import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import english from '../../../core/language/en.json' with { type: 'json' };
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
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(library, 'languages', name), text);
  }
  return new LanguageShelf(library, () => chosen);
}
const german = (messages: Readonly<Record<string, string>>, tag = 'de') => ({
  tag,
  name: 'Deutsch',
  messages,
});
const said = (problem: Message | null | undefined) => (problem ? inEnglish.say(problem) : null);
const all = Object.keys(english.messages).length;

describe('languages of a library', () => {
  it('are English alone where there is no folder', () => {
    const languages = new LanguageShelf(folder(), () => 'en-GB');
    expect(languages.list()).toEqual([{ tag: 'en-GB', name: 'English', file: null, problem: null }]);
    expect(languages.current).toBe(inEnglish);
  });

  it('are one more for a file, and what a file lacks is said in English', () => {
    const languages = shelf(
      {
        'german.json': german({ 'run.queued': 'wartet', 'of.another.version': 'x' }),
        'whole.json': bracketed,
      },
      'de',
    );
    expect(languages.list()).toEqual([
      { tag: 'en-GB', name: 'English', file: null, problem: null },
      {
        tag: 'de',
        name: 'Deutsch',
        file: 'german.json',
        problem: message('languages.missing', { missing: all - 1, of: all }),
      },
      { tag: 'en-AU', name: '⟦English⟧', file: 'whole.json', problem: null },
    ]);
    expect(languages.current.say('run.queued')).toBe('wartet');
    expect(languages.current.say('run.loading-model')).toBe(inEnglish.say('run.loading-model'));
  });

  it('leave out messages that cannot be read or want what their message is not about, and say so', () => {
    const messages = {
      'run.queued': 'wartet {',
      'run.loading-model': '{nothing}',
      'run.failed': 'weil {reason, number}',
      'run.finished': 'nichts',
      'run.running': '{done, plural, one {#} other {#}}',
      'run.running-time-left': '{seconds, plural, one {eine Sekunde} other {# Sekunden}}',
      'run.cancelled': '  ',
    };
    const languages = shelf({ 'german.json': german(messages) });
    const [, listed] = languages.list();
    expect(said(listed?.problem)).toBe(
      '5 of its messages cannot be used: run.queued, run.loading-model, run.failed ….',
    );
    expect(Object.keys(languages.file('de').messages)).toEqual(['run.finished', 'run.running-time-left']);
  });

  it.each([
    ['no JSON', '{'],
    ['no language file', { tag: 'de' }],
    ['a tag that is none', german({}, 'deutsch!')],
    ['a tag of no language', german({}, 'zz')],
    ['what English has', german({}, 'en-GB')],
    ['too large', german({ a: 'x'.repeat(3 * 1024 * 1024) })],
  ])('that are %s are named and cannot be chosen', (_, content) => {
    const languages = shelf({ 'odd.json': content }, 'de');
    const [, listed] = languages.list();
    expect(listed).toMatchObject({ tag: null, name: 'odd.json', file: 'odd.json' });
    expect(said(listed?.problem)).toMatch(/\.$/);
    expect(() => languages.use('de')).toThrow(/no language file of "de"/);
    // One that was chosen before it was spoilt: the program goes on in English.
    expect(languages.current).toBe(inEnglish);
  });

  it('are one for a tag', () => {
    const languages = shelf({
      'a.json': german({ 'run.queued': 'a' }),
      'b.json': german({ 'run.queued': 'b' }),
    });
    expect(languages.list()[2]).toMatchObject({ tag: null, file: 'b.json' });
    expect(languages.file('de').messages['run.queued']).toBe('a');
  });
});
