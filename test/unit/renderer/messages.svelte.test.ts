import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { message } from '../../../core/language/message.ts';
import { messages, report } from '../../../renderer/state/messages.svelte.ts';
import { inWords, language } from '../../../renderer/words/language.svelte.ts';

describe('messages', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    messages.list = [];
    language.use(null);
  });
  const texts = () => messages.list.map(({ text }) => text);

  it('that something was not saved stay until they are put away, whatever comes after them', () => {
    const id = report('error', 'not saved');
    for (let number = 1; number <= 20; number += 1) report('warning', `refused ${number}`);
    expect(texts()[0]).toBe('not saved');
    messages.dismiss(id);
    expect(texts()).not.toContain('not saved');
  });

  it('that only inform go by themselves, and first where there are too many', () => {
    report('information', 'first');
    for (let number = 1; number <= 60; number += 1) report('warning', `refused ${number}`);
    expect(messages.list).toHaveLength(50);
    expect(texts()).not.toContain('first');
    expect(texts().at(-1)).toBe('refused 60');
    report('information', 'last');
    vi.advanceTimersByTime(6000);
    expect(texts()).not.toContain('last');
    expect(texts()).toContain('refused 60');
  });

  it('follow the language for as long as they stand, and are not said twice', () => {
    const id = report('warning', message('app.request-cancelled'));
    expect(report('warning', 'It was cancelled.')).toBe(id);
    language.use({
      tag: 'de-DE',
      name: 'Deutsch',
      messages: { 'app.request-cancelled': 'Es wurde abgebrochen.' },
    });
    expect(texts().map(inWords)).toEqual(['Es wurde abgebrochen.']);
    expect(report('warning', 'Es wurde abgebrochen.')).toBe(id);
  });
});
