import { describe, expect, it, vi } from 'vitest';
import { reasonOf } from '../../../main/hosts/electron/ipc/channels.ts';
import { checked, payloads } from '../../../main/hosts/electron/ipc/checked.ts';
import { DialogGate } from '../../../main/hosts/electron/ipc/dialog-gate.ts';
import { isTrusted, mayLoad, mayNavigate } from '../../../main/hosts/electron/security/policy.ts';
import { refusedSwitches } from '../../../main/hosts/electron/security/switches.ts';

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
      "Error invoking remote method 'systola:save-export': SystolaError: The disk is full: nothing was saved.",
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

  const name = 'systola-report-2026-01-02-8f3a21c94e.pdf';
  it.each(['1.2.840.1', '1.2.840.1~2'])('are answered for the study %s', (study) => {
    const handle = vi.fn();
    checked(payloads.saveExport, handle)(page, [study, 'pdf', name]);
    expect(handle).toHaveBeenCalledWith(study, 'pdf', name);
  });

  it.each([
    ['no payload', []],
    ['a path for a UID', ['../../etc/passwd', 'pdf', name]],
    ['a path for a format', ['1.2.3', '../pdf', name]],
    ['a name of another kind', ['1.2.3', 'pdf', 'report.pdf']],
    ['a path for a name', ['1.2.3', 'pdf', 'systola-/../../etc/passwd.pdf']],
    ['an endless name', ['1.2.3', 'pdf', `systola-${'x'.repeat(201)}.pdf`]],
    ['one argument too many', ['1.2.3', 'pdf', name, 'more']],
    ['an object for a string', [{ uid: '1.2.3' }, 'pdf', name]],
  ])('are refused with %s', (_what, payload) => {
    const handle = vi.fn();
    expect(() => checked(payloads.saveExport, handle)(page, payload)).toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
    expect(handle).not.toHaveBeenCalled();
  });
});

describe('dialogs', () => {
  const show = () => Promise.resolve('shown');

  it('open once after a person did something', async () => {
    const gate = new DialogGate();
    await expect(gate.pass(0, show)).rejects.toMatchObject({ code: 'bad-request' });
    gate.gesture(1000);
    expect(await gate.pass(3000, show)).toBe('shown');
    await expect(gate.pass(3001, show)).rejects.toThrow('only after a key press');
    gate.gesture(4000);
    await expect(gate.pass(14_001, show)).rejects.toThrow('only after a key press');
  });

  it('open one at a time, also after one that failed', async () => {
    const gate = new DialogGate();
    let close: (answer: string) => void = () => undefined;
    gate.gesture(0);
    const first = gate.pass(1, () => new Promise<string>((done) => (close = done)));
    gate.gesture(2);
    await expect(gate.pass(3, show)).rejects.toThrow('Another dialog is open');
    close('closed');
    expect(await first).toBe('closed');
    expect(await gate.pass(4, show)).toBe('shown');
    gate.gesture(5);
    await expect(gate.pass(6, () => Promise.reject(new Error('no display')))).rejects.toThrow('no display');
    gate.gesture(7);
    expect(await gate.pass(8, show)).toBe('shown');
  });
});

describe('the command line of a package', () => {
  it.each([
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--inspect',
    '--inspect-brk=0.0.0.0:9229',
    '--js-flags=--allow-natives-syntax',
    '--disable-web-security',
    '--user-data-dir=/tmp/x',
    '--proxy-server=192.0.2.1:80',
    '--host-resolver-rules=MAP * 192.0.2.1',
    '--load-extension=/tmp/x',
    '--renderer-cmd-prefix=/tmp/x',
    '--no-sandbox-and-elevated',
    '--enable-features=AllTheThings',
    '--made-up-by-the-next-chromium',
    '-remote-debugging-port=9222',
    '-r',
  ])('refuses %s', (argument) => {
    const name = argument.replace(/^--?/, '').replace(/=.*/, '');
    expect(refusedSwitches(['a.dcm', argument, '--library=x'], 'linux')).toEqual([name]);
    expect(refusedSwitches([argument, '--', 'a.dcm'], 'win32')).toEqual([name]);
  });

  it('takes files, the library and how the window is drawn', () => {
    const argv = [
      '--library',
      '/b',
      '/c/d.dcm',
      '--ozone-platform=x11',
      '-',
      '--no-sandbox',
      '--',
      '--inspect',
    ];
    expect(refusedSwitches(argv, 'linux')).toEqual([]);
  });

  it('reads Windows as Chromium does: a slash, any case', () => {
    expect(refusedSwitches(['/Remote-Debugging-Port=9222', 'C:\\a.dcm', '/LIBRARY=x'], 'win32')).toEqual([
      'remote-debugging-port',
    ]);
    expect(refusedSwitches(['/data/a.dcm'], 'linux')).toEqual([]);
    expect(refusedSwitches(['--LIBRARY=x'], 'linux')).toEqual(['LIBRARY']);
  });
});
