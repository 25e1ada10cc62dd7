import { describe, expect, it } from 'vitest';
import { changedSettings } from '../../../core/settings/settings-change.ts';
import { defaultSettings, type Settings } from '../../../core/settings/settings.ts';
import { SettingsChanges } from '../../../renderer/state/settings-changes.ts';

/** An application that stores settings, answers when told to, and what a window shows of it. */
function shown() {
  let stored: Settings = { ...defaultSettings, reader: 'nobody' };
  let window: Settings = stored;
  const asked: { answer(): void; refuse(): void }[] = [];
  const changes = new SettingsChanges(
    stored,
    (change) =>
      new Promise<Settings>((resolve, reject) => {
        asked.push({
          answer: () => resolve((stored = changedSettings(stored, change))),
          refuse: () => reject(new Error('refused')),
        });
      }),
    (settings) => (window = settings),
  );
  const next = async () => {
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    return asked.shift()!;
  };
  return { changes, next, window: () => window, stored: () => stored };
}

describe('changes of settings that overlap', () => {
  it('show the newest at every moment, and end as they are stored', async () => {
    const { changes, next, window, stored } = shown();
    const first = changes.change({ reader: 'A', frameCacheMiB: 100 });
    const second = changes.change({ reader: 'B' });
    expect(window()).toMatchObject({ reader: 'B', frameCacheMiB: 100 });
    (await next()).answer();
    await first;
    expect(window()).toMatchObject({ reader: 'B', frameCacheMiB: 100 });
    (await next()).answer();
    await second;
    expect(window()).toEqual(stored());
    expect(stored()).toMatchObject({ reader: 'B', frameCacheMiB: 100 });
  });

  it('are sent at once, and once, when the page goes', async () => {
    const { changes, next, window, stored } = shown();
    const [first, second, third] = ['A', 'B', 'C'].map((reader) => changes.change({ reader }));
    const sent = await next();
    changes.sendWaiting();
    changes.sendWaiting();
    const early = [await next(), await next()];
    sent.answer();
    for (const one of early) one.answer();
    await Promise.all([first, second, third]);
    expect(stored().reader).toBe('C');
    expect(window()).toEqual(stored());
    const later = changes.change({ reader: 'D' });
    (await next()).answer();
    await later;
    expect(stored().reader).toBe('D');
  });

  it('take back only what could not be saved', async () => {
    const { changes, next, window, stored } = shown();
    const first = changes.change({ reader: 'A', frameCacheMiB: 100 });
    const second = changes.change({ bsaFormula: 'mosteller' });
    (await next()).refuse();
    await expect(first).rejects.toThrow('refused');
    expect(window()).toMatchObject({ reader: 'nobody', bsaFormula: 'mosteller' });
    (await next()).answer();
    await second;
    expect(window()).toEqual(stored());

    const third = changes.change({ reader: 'C' });
    const fourth = changes.change({ reader: 'D' });
    (await next()).answer();
    await third;
    (await next()).refuse();
    await expect(fourth).rejects.toThrow('refused');
    expect(window()).toMatchObject({ reader: 'C' });
  });

  it('of single entries keep those of one another, and what is forgotten is shown no more', async () => {
    const { changes, next, window, stored } = shown();
    const first = changes.change({ remember: { 'study.last': '1.2', 'size.left': 200 } });
    const second = changes.change({ remember: { 'worklist.order': '-date', 'size.left': null } });
    expect(window().layout).toEqual({ 'study.last': '1.2', 'worklist.order': '-date' });
    // Another window's, read while both are on their way.
    changes.read({ layout: { 'prior.trend': 'ESV' } });
    expect(window().layout).toEqual({
      'prior.trend': 'ESV',
      'study.last': '1.2',
      'worklist.order': '-date',
    });
    (await next()).answer();
    await first;
    (await next()).answer();
    await second;
    expect(window()).toEqual(stored());
    expect(window().layout).toEqual({ 'study.last': '1.2', 'worklist.order': '-date' });
  });

  it('leave what another window has changed since, where its event comes before the own answer', async () => {
    const { changes, next, window, stored } = shown();
    const own = changes.change({ remember: { 'study.last': '1.2' } });
    const { answer } = await next();
    answer();
    changes.read(stored());
    const newer = changedSettings(stored(), { remember: { 'study.last': '1.3' } });
    changes.read(newer);
    await own;
    expect(window()).toEqual(newer);
  });

  it('stay on top of what is read meanwhile', async () => {
    const { changes, next, window } = shown();
    const change = changes.change({ model: 'chosen' });
    changes.read({ model: 'before' });
    expect(window().model).toBe('chosen');
    (await next()).answer();
    await change;
    expect(window().model).toBe('chosen');
  });
});
