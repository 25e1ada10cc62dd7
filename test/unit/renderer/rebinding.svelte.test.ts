import { describe, expect, it } from 'vitest';
import { actionFor, keyOf, type ActionId, type KeyChoices } from '../../../renderer/keyboard/actions.ts';
import { Rebinding } from '../../../renderer/keyboard/rebinding.svelte.ts';

/** The reader's keys, and how often they were changed. */
function keys(choices: KeyChoices = {}) {
  const held = { choices, changes: 0 };
  const rebinding = new Rebinding(
    () => held.choices,
    (keys) => {
      held.choices = { ...held.choices, ...keys };
      held.changes += 1;
    },
  );
  const press = (id: ActionId, key: string) => {
    rebinding.begin(id);
    rebinding.take(key);
  };
  return { held, rebinding, press };
}

describe('giving an action another key', () => {
  it('a free key is taken at once, and the old one is free', () => {
    const { held, rebinding } = keys();
    rebinding.begin('play');
    expect(rebinding.choosing).toBe('play');
    rebinding.take('G');
    expect(rebinding.choosing).toBe(null);
    expect(rebinding.asked).toBe(null);
    expect(actionFor('G', held.choices)).toBe('play');
    expect(actionFor('Space', held.choices)).toBe(null);
  });

  it('a key that another action has is asked for before anything changes', () => {
    const { held, rebinding, press } = keys();
    press('play', 'K');
    expect(rebinding.asked).toEqual({ id: 'play', key: 'K', holder: 'previous-study' });
    expect(held).toEqual({ choices: {}, changes: 0 });
    // What is pressed meanwhile is for the question, not for the action.
    rebinding.take('G');
    expect(held.changes).toBe(0);
  });

  it('exchanged, both have one; answered once more, nothing changes', () => {
    const { held, rebinding, press } = keys();
    press('play', 'K');
    rebinding.exchange();
    expect(rebinding.asked).toBe(null);
    expect(keyOf('play', held.choices)).toBe('K');
    expect(keyOf('previous-study', held.choices)).toBe('Space');
    rebinding.exchange();
    expect(held.changes).toBe(1);
  });

  it('left as they are, and with Escape, nothing changes', () => {
    const { held, rebinding, press } = keys();
    press('play', 'K');
    rebinding.leave();
    rebinding.exchange();
    press('play', 'Escape');
    expect(rebinding.choosing).toBe(null);
    expect(held).toEqual({ choices: {}, changes: 0 });
  });

  it('another action that is begun with drops the question', () => {
    const { held, rebinding, press } = keys();
    press('play', 'K');
    rebinding.begin('accept');
    expect(rebinding.asked).toBe(null);
    rebinding.take('G');
    expect(keyOf('accept', held.choices)).toBe('G');
    expect(keyOf('play', held.choices)).toBe('Space');
  });

  it('the key of the action itself is no conflict, and Escape stays the key of leaving', () => {
    const { held, rebinding, press } = keys();
    press('play', 'Space');
    expect(rebinding.asked).toBe(null);
    expect(keyOf('play', held.choices)).toBe('Space');
    press('cancel', 'Escape');
    expect(actionFor('Escape', held.choices)).toBe('cancel');
  });

  it('asks of keys that the reader chose as of those by default', () => {
    const { held, rebinding, press } = keys({ 'key.accept': 'G' });
    press('play', 'Enter');
    expect(rebinding.asked).toBe(null);
    expect(actionFor('Enter', held.choices)).toBe('play');
    press('reject', 'G');
    expect(rebinding.asked?.holder).toBe('accept');
  });

  it('a key that only stands in for another is taken from it, and no other key changes', () => {
    for (const [key, stood] of [
      ['F1', 'keys'],
      ['=', 'zoom-in'],
      ['Ctrl+2', 'levels-2'],
    ] as const) {
      const { held, press } = keys();
      expect(actionFor(key, held.choices)).toBe(stood);
      press('play', key);
      expect(actionFor(key, held.choices)).toBe('play');
      expect(keyOf(stood, held.choices)).toBe(keyOf(stood, {}));
    }
  });
});

describe('brightness', () => {
  it('is on keys that browsers do not keep for their tabs, and on Ctrl with a digit where that arrives', () => {
    const presets = ['levels-1', 'levels-2', 'levels-3', 'levels-4'];
    expect(['5', '6', '7', '8'].map((key) => actionFor(key, {}))).toEqual(presets);
    expect(['Ctrl+1', 'Ctrl+2', 'Ctrl+3', 'Ctrl+4'].map((key) => actionFor(key, {}))).toEqual(presets);
  });
});
