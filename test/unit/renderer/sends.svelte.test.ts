import { beforeEach, describe, expect, it } from 'vitest';
import type { SendState } from '../../../core/api/network.ts';
import { dialogs } from '../../../renderer/dialogs/dialogs.svelte.ts';
import { sendOutcome, sends } from '../../../renderer/network/sends.svelte.ts';
import { messages } from '../../../renderer/state/messages.svelte.ts';
import { inWords } from '../../../renderer/words/language.svelte.ts';

const none = { stored: 0, warning: 0, 'already-there': 0, refused: 0, failed: 0, unknown: 0, 'not-sent': 0 };

const sending = (changes: Partial<SendState> = {}): SendState => ({
  sendId: 'a',
  node: 'ARCHIVE at 127.0.0.1:104',
  state: 'sending',
  objectsDone: 0,
  objectsTotal: 2,
  prepared: 0,
  bytesSent: 0,
  bytesTotal: 100,
  current: null,
  counts: none,
  objects: [],
  deletedLeftOut: 0,
  message: null,
  ...changes,
});

const told = (): string[] => messages.list.map(({ text }) => inWords(text));

beforeEach(() => {
  sends.current = null;
  dialogs.open = null;
  for (const { id } of [...messages.list]) messages.dismiss(id);
});

describe('a sending', () => {
  it('that has ended never runs again, whatever comes late', () => {
    sends.receive(sending());
    sends.receive(sending({ state: 'finished', counts: { ...none, stored: 2 } }));
    sends.receive(sending({ objectsDone: 1 }));
    expect(sends.current?.state).toBe('finished');
    expect(sends.running).toBe(false);
  });

  it('of another window is shown while it goes, and does not take the place of one that goes here', () => {
    sends.receive(sending());
    sends.receive(sending({ sendId: 'b' }));
    expect(sends.current?.sendId).toBe('a');
    sends.receive(sending({ state: 'finished' }));
    sends.receive(sending({ sendId: 'b', state: 'finished' }));
    expect(sends.current?.sendId).toBe('a');
  });

  it('that ends while its dialog is closed is told at the foot of the window, with what is not there', () => {
    sends.receive(sending());
    sends.receive(sending({ state: 'finished', counts: { ...none, stored: 1, unknown: 1 } }));
    expect(told()).toEqual([
      '1 object stored by ARCHIVE at 127.0.0.1:104',
      expect.stringContaining('1 object is not at ARCHIVE'),
    ]);
  });

  it('that ends in its dialog is told there alone', () => {
    dialogs.open = 'export';
    sends.receive(sending());
    sends.receive(sending({ state: 'finished', counts: { ...none, stored: 2 } }));
    expect(told()).toEqual([]);
  });

  it('has one sentence for each end', () => {
    const words = (changes: Partial<SendState>) => inWords(sendOutcome(sending(changes)));
    expect(words({ state: 'cancelled', counts: { ...none, stored: 1, 'not-sent': 3 } })).toBe(
      'Stopped. 1 stored, 3 not sent.',
    );
    expect(words({ state: 'finished' })).toBe('Nothing was stored by ARCHIVE at 127.0.0.1:104');
    expect(words({ state: 'failed', message: 'The disk is full.' })).toBe(
      'Sending to ARCHIVE at 127.0.0.1:104 failed: The disk is full.',
    );
  });
});
