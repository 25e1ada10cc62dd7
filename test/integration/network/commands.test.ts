import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { auditEvents } from '../../../main/library/audit.ts';
import { Library } from '../../../main/library/library.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { buildReport } from '../../fixtures/dicom/build-report.ts';
import { dataSetHash } from '../../fixtures/dicom/data-set.ts';
import { scannerReport } from '../../fixtures/dicom/scanner-report.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { leftovers } from '../import/importer.ts';
import { freePort, run } from './dcmtk.ts';
import { objects, sopOf } from './objects.ts';
import { rawNode } from './raw-peer.ts';
import { readFileSync } from 'node:fs';

const folder = temporaryFolders();
const systola = resolve(import.meta.dirname, '../../../main/cli/systola.ts');
const command = (...args: readonly string[]) => run(process.execPath, '--no-warnings', systola, ...args);
const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await new Promise((ended) => child.once('exit', ended));
  }
});

/** `systola receive` at a port of the system's choice, and a way to stop it as Ctrl-C does. */
async function receiving(library: string, ...options: readonly string[]) {
  const args = ['--no-warnings', systola, 'receive', '--port', '0', '--library', library, ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  const lines: string[] = [];
  const port = await new Promise<number>((listening, failed) => {
    child.once('exit', () => failed(new Error('It ended at once.')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const said = /^Listening as .* at .*:(\d+)\./.exec(line);
      if (said !== null) listening(Number(said[1]));
    });
  });
  const stop = async (): Promise<number | null> => {
    child.removeAllListeners('exit');
    const ended = new Promise<number | null>((exit) => child.once('exit', exit));
    child.kill('SIGINT');
    return ended;
  };
  return { port, lines, stop };
}

const audited = async (path: string) => {
  const library = await Library.open(path);
  const entries = library.audit.entries();
  library.close();
  return entries;
};

it('send and receive: from one library into another, each byte as it was, and not twice', async () => {
  const [from, to, archive] = [folder(), folder(), folder()];
  const files = objects();
  for (const [uid, bytes] of files) writeFileSync(join(archive, `${uid}.dcm`), bytes);
  const receiver = await receiving(to);
  const node = [
    '--to',
    `127.0.0.1:${receiver.port}`,
    '--called',
    'SYSTOLA',
    '--calling',
    'TESTER',
    '--library',
    from,
  ];
  const first = await command('send', archive, ...node);
  expect([first.code, first.said]).toEqual([0, expect.stringContaining(`${files.size} stored`)]);
  const again = await command('send', archive, ...node);
  expect(again.said).toContain(`${files.size} already-there`);
  expect(again.code).toBe(0);
  const forced = await command('send', join(archive, `${sopOf(1)}.dcm`), '--again', ...node);
  expect(forced.said).toContain('1 stored');
  expect((await command('echo', '--to', `127.0.0.1:${receiver.port}`, '--called', 'SYSTOLA')).code).toBe(0);
  expect(receiver.lines.filter((line) => line.endsWith(': stored'))).toHaveLength(files.size + 1);
  expect(await receiver.stop()).toBe(130);

  const arrived = leftovers(to).files.map((name) => dataSetHash(readFileSync(join(to, 'files', name))));
  expect(arrived.toSorted()).toEqual([...files.values()].map(dataSetHash).toSorted());
  const sent = (await audited(from)).filter(({ event }) => event === auditEvents.instancesTransferred);
  expect(sent).toHaveLength(files.size + 1);
  expect(sent[0]?.detail).toMatchObject({
    direction: 'sent',
    node: `SYSTOLA at 127.0.0.1:${receiver.port}`,
    callingAeTitle: 'TESTER',
    isSecured: false,
    state: 'stored',
    status: 0,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  const received = (await audited(to)).filter(({ event }) => event === auditEvents.instancesTransferred);
  expect(received.every(({ detail }) => detail['callingAeTitle'] === 'TESTER')).toBe(true);
});

it('send: a study of a library, its clips, the report of its scanner and an object made of it', async () => {
  const [from, to, archive] = [folder(), folder(), folder()];
  writeFileSync(
    join(archive, 'clip.dcm'),
    buildDicom({ sopInstanceUid: sopOf(1), studyInstanceUid: '1.2.3.7' }),
  );
  const report = buildReport(scannerReport('sct'), { sopInstanceUid: sopOf(2), studyInstanceUid: '1.2.3.7' });
  writeFileSync(join(archive, 'report.dcm'), report);
  const source = await receiving(from);
  const there = ['--called', 'SYSTOLA', '--library', folder()];
  await command('send', archive, '--to', `127.0.0.1:${source.port}`, ...there);
  await source.stop();
  const receiver = await receiving(to);
  const node = ['--to', `127.0.0.1:${receiver.port}`, '--called', 'SYSTOLA', '--library', from];
  const { code, said } = await command('send', '1.2.3.7', '--formats', 'dicom-pdf', ...node);
  // The receiver takes what the import reads, and says of the document that it does not.
  expect(said).toMatch(/2 stored/);
  expect(said).toMatch(/does not take Encapsulated PDF Storage/);
  expect(code).toBe(1);
  await receiver.stop();
  const arrived = leftovers(to).files.map((name) => dataSetHash(readFileSync(join(to, 'files', name))));
  expect(arrived).toContain(dataSetHash(report));
  expect(arrived).toHaveLength(2);
  const unknown = await command('send', '1.2.3.8', ...node);
  expect(unknown.code).toBe(2);
});

it('what cannot be sent is named, and its exit code says so', async () => {
  const library = folder();
  const path = join(folder(), 'clip.dcm');
  writeFileSync(path, buildDicom({ sopInstanceUid: sopOf(1) }));
  const text = join(folder(), 'notes.txt');
  writeFileSync(text, 'not DICOM at all');
  const port = await freePort();
  const node = ['--to', `127.0.0.1:${port}`, '--called', 'ARCHIVE', '--library', library];
  const nobody = await command('send', path, text, ...node);
  expect(nobody.code).toBe(2);
  expect(nobody.said).toContain('nothing listens at this port');
  expect(nobody.said).toContain('This is not a DICOM file');
  // Nothing left, and what was to leave is in the log all the same.
  expect((await audited(library)).map(({ event }) => event)).toContain(auditEvents.beginTransfer);
  expect((await command('echo', '--to', `127.0.0.1:${port}`, '--called', 'ARCHIVE')).code).toBe(2);
});

it('a command line that cannot be followed dials nobody', async () => {
  let calls = 0;
  const port = await rawNode(() => {
    calls += 1;
    return Promise.resolve();
  });
  const wrong: readonly (readonly string[])[] = [
    ['send'],
    ['send', 'file.dcm'],
    ['send', 'file.dcm', '--to', `127.0.0.1:${port}`],
    ['send', 'file.dcm', '--to', '127.0.0.1', '--called', 'A'],
    ['send', 'file.dcm', '--to', `127.0.0.1:${port}`, '--called', 'WAY TOO LONG A TITLE'],
    ['send', 'file.dcm', '--to', `127.0.0.1:${port}`, '--called', 'A', '--tls-key', 'key.pem'],
    ['send', 'file.dcm', '--to', `127.0.0.1:${port}`, '--called', 'A', '--formats', 'report'],
    ['echo', 'word', '--to', `127.0.0.1:${port}`, '--called', 'A'],
    ['receive'],
    ['receive', '--port', '99999'],
    ['receive', '--port', '0', '--tls-key', 'key.pem'],
  ];
  for (const args of wrong) expect([args, (await command(...args)).code]).toEqual([args, 64]);
  expect(calls).toBe(0);
});

it('receive: a port that is taken is said', async () => {
  const port = await rawNode(() => Promise.resolve());
  const { code, said } = await command('receive', '--port', String(port), '--library', folder());
  expect(code).toBe(2);
  expect(said).toContain('Another program listens there already');
});
