import { describe, expect, it, vi } from 'vitest';
import { reasonOf } from '../../../main/hosts/electron/ipc/channels.ts';
import { checked, payloads } from '../../../main/hosts/electron/ipc/checked.ts';
import { isTrusted, mayLoad, mayNavigate } from '../../../main/hosts/electron/security/policy.ts';

const page = { url: 'systola://app/index.html', isMainFrame: true };

describe('what the window may load', () => {
  it.each([
    'https://example.org/',
    'http://127.0.0.1:8080/',
    'ws://localhost/',
    'wss://example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'chrome-extension://abc/x.js',
    'blob:https://example.org/1',
    'systola://elsewhere/api/studies',
    'not a url',
  ])('refuses %s, also in development', (url) => {
    expect(mayLoad(url, false)).toBe(false);
    expect(mayLoad(url, true)).toBe(false);
  });

  it.each(['systola://app/api/studies', 'blob:systola://app/6f1c', 'data:image/png;base64,AA=='])(
    'takes %s',
    (url) => expect(mayLoad(url, false)).toBe(true),
  );

  it('opens the developer tools only in development', () => {
    expect(mayLoad('devtools://devtools/bundled/x.html', true)).toBe(true);
    expect(mayLoad('devtools://devtools/bundled/x.html', false)).toBe(false);
  });

  it('navigates nowhere but to its own page', () => {
    expect(mayNavigate('systola://app/')).toBe(true);
    expect(mayNavigate('systola://app/index.html#study')).toBe(true);
    expect(mayNavigate('systola://app/api/studies')).toBe(false);
    expect(mayNavigate('https://example.org/index.html')).toBe(false);
    expect(mayNavigate('file:///index.html')).toBe(false);
  });
});

describe('requests of the window', () => {
  it('are answered for the top frame of our page', () => {
    const handle = vi.fn((on?: boolean) => on);
    expect(checked(payloads.windowFullScreen, handle)(page, [true])).toBe(true);
    expect(handle).toHaveBeenCalledWith(true);
  });

  it('fail with the reason alone', () => {
    const failed = new Error(
      "Error invoking remote method 'systola:save-report': SystolaError: The disk is full: nothing was saved.",
    );
    expect(reasonOf(failed)).toBe('The disk is full: nothing was saved.');
    expect(reasonOf(new Error('No such study.'))).toBe('No such study.');
  });

  it.each([
    ['a frame inside the page', { ...page, isMainFrame: false }],
    ['another origin', { ...page, url: 'https://example.org/' }],
    ['a document of the API', { ...page, url: 'systola://app/api/studies' }],
    ['a frame that is gone', { ...page, url: null }],
  ])('are refused from %s', (_who, sender) => {
    const handle = vi.fn();
    expect(isTrusted(sender)).toBe(false);
    expect(() => checked(payloads.none, handle)(sender, [])).toThrow(
      expect.objectContaining({ code: 'unauthorised' }),
    );
    expect(handle).not.toHaveBeenCalled();
  });

  it.each([
    ['no payload', []],
    ['a path for a UID', ['../../etc/passwd', 'report']],
    ['an empty name', ['1.2.3', '']],
    ['an endless name', ['1.2.3', 'x'.repeat(201)]],
    ['one argument too many', ['1.2.3', 'report', 'more']],
    ['an object for a string', [{ uid: '1.2.3' }, 'report']],
  ])('are refused with %s', (_what, payload) => {
    const handle = vi.fn();
    expect(() => checked(payloads.saveReport, handle)(page, payload)).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
    expect(handle).not.toHaveBeenCalled();
  });
});
