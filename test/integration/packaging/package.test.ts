import { fork, spawn, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkOutsideFiles } from '../../../main/hosts/electron/integrity/outside-files.ts';
import { protocolVersion } from '../../../main/inference/protocol.ts';
import { Library } from '../../../main/library/library.ts';
import { beatingClip, beatingStudy } from '../../end-to-end/beating-clip.ts';
import { internetSockets, processTree } from '../../processes.ts';
import { canDriveWindows, focusWindow, pressKeys } from '../../x11.ts';
import { packageWorkstation, type Packaged } from './packaged.ts';
import { builderRequire } from './builder-require.ts';

const root = resolve(import.meta.dirname, '../../..');
const asar = builderRequire('@electron/asar') as {
  listPackage(archive: string, options: { isPack: boolean }): string[];
  extractFile(archive: string, file: string): Buffer;
};
const fuses = builderRequire('@electron/fuses') as {
  getCurrentFuseWire(executable: string): Promise<Record<string, unknown>>;
  FuseV1Options: Record<string, number>;
};

/** What is said here is about everything but Electron itself, whose executable may not be had. */
describe.skipIf(process.platform !== 'linux')('the packaged workstation', () => {
  let build: Packaged;
  let packaged: string;
  let inside: string[];

  beforeAll(async () => {
    build = await packageWorkstation();
    packaged = build.folder;
    inside = asar.listPackage(join(packaged, 'resources/app.asar'), { isPack: false });
  }, 600_000);

  afterAll(() => build.dispose());

  it('has every fuse as it was asked for, read back from the executable', async () => {
    const wire = await fuses.getCurrentFuseWire(join(packaged, 'systola'));
    const on = (name: string) => wire[String(fuses.FuseV1Options[name])] === '1'.charCodeAt(0);
    expect(on('RunAsNode')).toBe(false);
    expect(on('EnableNodeOptionsEnvironmentVariable')).toBe(false);
    expect(on('EnableNodeCliInspectArguments')).toBe(false);
    expect(on('EnableCookieEncryption')).toBe(true);
    expect(on('EnableEmbeddedAsarIntegrityValidation')).toBe(true);
    expect(on('OnlyLoadAppFromAsar')).toBe(true);
    expect(on('GrantFileProtocolExtraPrivileges')).toBe(false);
  });

  it('has the entry, the page and the preload script in the archive', () => {
    const { main } = JSON.parse(
      asar.extractFile(join(packaged, 'resources/app.asar'), 'package.json').toString(),
    ) as { main: string };
    expect(inside).toContain(`/${main}`);
    expect(inside).toContain('/dist/main/hosts/electron/main.js');
    expect(inside).toContain('/dist/renderer/index.html');
    expect(inside).toContain('/dist/preload/preload.cjs');
    expect(inside).toContain('/NOTICE');
  });

  it('has nothing in it that does not run: no sources, tests, tools, recordings', () => {
    const tops = new Set(inside.map((path) => path.split('/')[1]));
    expect([...tops].sort()).toEqual(
      ['LICENSE', 'NOTICE', 'dist', 'node_modules', 'package.json', ...build.standIns].sort(),
    );
    expect(inside.filter((path) => path.startsWith('/dist/') && /\.(ts|map)$/.test(path))).toEqual([]);
    for (const tool of ['electron', 'vite', 'typescript', 'vitest', '@playwright', '@rollup', 'node']) {
      expect(inside).not.toContain(`/node_modules/${tool}`);
    }
    expect(inside.filter((path) => path.endsWith('.dcm'))).toEqual([]);
  });

  it('has the models, the sample study and a plain Node beside the archive', () => {
    const models = readdirSync(join(root, 'models/shipped'));
    expect(models.length).toBeGreaterThan(0);
    for (const model of models) {
      for (const file of readdirSync(join(root, 'models/shipped', model))) {
        expect(existsSync(join(packaged, 'resources/models', model, file)), file).toBe(true);
      }
    }
    for (const file of [
      'sample-study/a4c.dcm',
      'node/bin/node',
      'view-models/view-apical/view.onnx',
      'view-models/view-apical/manifest.json',
    ]) {
      expect(existsSync(join(packaged, 'resources', file)), file).toBe(true);
    }
  });

  it('knows every file beside the archive, and which was altered or added', async () => {
    const resources = join(packaged, 'resources');
    const manifest = join(build.folder, '../outside-files.json');
    writeFileSync(manifest, asar.extractFile(join(resources, 'app.asar'), 'dist/outside-files.json'));
    await checkOutsideFiles(manifest, resources);
    for (const file of [
      'node/bin/node',
      'app.asar.unpacked/dist/main/inference/child.js',
      `models/${readdirSync(join(resources, 'models'))[0]}/manifest.json`,
      'view-models/view-apical/view.onnx',
    ]) {
      const { size } = statSync(join(resources, file));
      appendFileSync(join(resources, file), ' ');
      await expect(checkOutsideFiles(manifest, resources)).rejects.toMatchObject({
        code: 'malformed',
        message: expect.stringContaining(`${file} was altered`) as string,
      });
      truncateSync(join(resources, file), size);
    }
    const added = join(resources, 'app.asar.unpacked/node_modules/onnxruntime-node/dist/added.js');
    writeFileSync(added, '');
    await expect(checkOutsideFiles(manifest, resources)).rejects.toThrow('added.js was added');
    rmSync(added);
    await checkOutsideFiles(manifest, resources);
    // Without a recogniser views are left open, and everything else is as it was.
    const recognisers = join(resources, 'view-models');
    renameSync(recognisers, join(build.folder, '../view-models'));
    await checkOutsideFiles(manifest, resources);
    renameSync(join(build.folder, '../view-models'), recognisers);
  }, 120_000);

  it('starts its inference process from what was unpacked, on the Node it brings', async () => {
    const child = fork(
      join(packaged, 'resources/app.asar.unpacked/dist/main/inference/child.js'),
      [],
      // No NODE_PATH and no checkout above it: what it loads is in the package.
      {
        execPath: join(packaged, 'resources/node/bin/node'),
        serialization: 'advanced',
        silent: true,
        env: {},
      },
    );
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const greeting = await new Promise((heard, ended) => {
      child.once('message', heard);
      child.once('exit', () => ended(new Error(said)));
    });
    child.removeAllListeners('exit');
    child.kill();
    expect(greeting).toMatchObject({ type: 'ready', protocol: protocolVersion });
    expect((greeting as { backends: string[] }).backends).toContain('cpu');
  });

  describe('driven from outside, since it lets no debugger in', () => {
    let places: string;
    const started: ChildProcess[] = [];

    beforeEach(({ skip }) => {
      if (!build.runs) skip("Electron's executable is not here");
      if (!canDriveWindows) skip('there is no display, or xdotool is not here');
      places = mkdtempSync(join(tmpdir(), 'systola-packaged-'));
    });
    afterEach(() => {
      for (const { pid, exitCode, signalCode } of started.splice(0))
        if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
      if (places) rmSync(places, { recursive: true, force: true });
    });

    function launch(...args: string[]) {
      const child = spawn(
        join(packaged, 'systola'),
        [
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          '--library',
          join(places, 'library'),
          ...args,
        ],
        {
          env: {
            ...process.env,
            XDG_CONFIG_HOME: join(places, 'config'),
            XDG_DATA_HOME: join(places, 'data'),
            XDG_CACHE_HOME: join(places, 'cache'),
          },
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: true,
        },
      );
      started.push(child);
      const run = { child, output: '', ended: new Promise((done) => child.once('exit', done)) };
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          run.output += text;
        });
      return run;
    }

    it.each([
      '--remote-debugging-port=0',
      '--remote-debugging-pipe',
      '--inspect=0',
      '-inspect-brk',
      '--js-flags=--x',
    ])(
      'refuses %s before it opens anything',
      async (argument) => {
        const run = launch(argument);
        expect(await run.ended).toBe(64);
        expect(run.output).toContain('Systola does not take --');
        expect(existsSync(join(places, 'library'))).toBe(false);
      },
      120_000,
    );

    it('imports what the command line names, shows its window, opens no socket, and closes on SIGTERM', async () => {
      const clip = join(places, 'a beating.dcm');
      writeFileSync(clip, beatingClip());
      const run = launch(clip);
      await focusWindow('^Systola');
      // Two files of the sample study of a new library, and this one.
      await expect
        .poll(() => storedFiles(join(places, 'library')), { timeout: 120_000, interval: 200 })
        .toHaveLength(3);
      expect(run.output).toContain('Systola is open.');
      expect(internetSockets(processTree(run.child.pid ?? 0))).toEqual([]);

      process.kill(-(run.child.pid ?? 0), 'SIGTERM');
      expect(await run.ended).toBe(0);
      expect(existsSync(join(places, 'library/library.sqlite-wal'))).toBe(false);
      const library = await Library.open(join(places, 'library'));
      try {
        expect(library.summaries().map(({ studyInstanceUid }) => studyInstanceUid)).toContain(beatingStudy);
      } finally {
        library.close();
      }
    }, 300_000);

    it('does not start when a file beside the archive was altered, and opens no library', async () => {
      const file = join(packaged, 'resources/app.asar.unpacked/dist/main/inference/child.js');
      const { size } = statSync(file);
      appendFileSync(file, '\n');
      try {
        const run = launch();
        await focusWindow('Systola cannot open|Error');
        await pressKeys('Return');
        expect(await run.ended).toBe(3);
        expect(run.output).toContain('dist/main/inference/child.js was altered');
        expect(existsSync(join(places, 'library'))).toBe(false);
      } finally {
        truncateSync(file, size);
      }
    }, 180_000);
  });
});

function storedFiles(library: string): string[] {
  if (!existsSync(join(library, 'files'))) return [];
  return readdirSync(join(library, 'files'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.dcm'),
  );
}
