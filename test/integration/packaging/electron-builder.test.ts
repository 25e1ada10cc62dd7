import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { fontFileFor } from '../../../main/report/fonts.ts';
import { builderRequire } from './builder-require.ts';

const root = resolve(import.meta.dirname, '../../..');
const { minimatch } = builderRequire('minimatch') as {
  minimatch(path: string, pattern: string, options: { dot: boolean }): boolean;
};
const yaml = builderRequire('js-yaml') as { load(text: string): unknown };

interface Configuration {
  readonly files: readonly string[];
  readonly asarUnpack: readonly string[];
  readonly extraResources: readonly { from: string; to: string }[];
  readonly electronFuses: Record<string, boolean>;
  readonly directories: { buildResources: string };
  readonly [key: string]: unknown;
}

const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
const configuration = yaml.load(text) as Configuration;
const schema = builderRequire('./scheme.json') as object;

function problems(candidate: unknown): string[] {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  return validate(candidate)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe('electron-builder.yml', () => {
  it("is valid by electron-builder's own schema", () => {
    expect(problems(configuration)).toEqual([]);
  });

  it('would not be with a misspelt option or fuse', () => {
    expect(problems({ ...configuration, asarUnpak: [] })).not.toEqual([]);
    expect(
      problems({ ...configuration, electronFuses: { ...configuration.electronFuses, runAsNod: false } }),
    ).not.toEqual([]);
  });

  it('sets every fuse that hardens the application', () => {
    expect(configuration.electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(configuration['asar']).toBe(true);
    expect(configuration['publish']).toBeNull();
  });

  it('takes along resources that exist', () => {
    for (const { from } of configuration.extraResources) {
      expect(existsSync(join(root, from)), from).toBe(true);
    }
    expect(configuration.extraResources).toContainEqual({ from: 'node_modules/node/bin', to: 'node/bin' });
    // electron-builder makes every system's icon from this one.
    expect(existsSync(join(root, configuration.directories.buildResources, 'icon.png'))).toBe(true);
    const node = process.platform === 'win32' ? 'node.exe' : 'node';
    expect(existsSync(join(root, 'node_modules/node/bin', node))).toBe(true);
  });

  it('takes along every font file that reports embed, and what tells them apart', () => {
    const excluded = configuration.files
      .filter((pattern) => pattern.startsWith('!'))
      .map((pattern) => pattern.slice(1));
    const isPackaged = (path: string) => !excluded.some((pattern) => minimatch(path, pattern, { dot: true }));
    const packaged = (path: string) => isPackaged(relative(root, path).replaceAll('\\', '/'));
    for (const text of ['A', 'ш', 'ع', 'ש', 'ก', '山', '한', 'の']) {
      for (const weight of ['regular', 'bold'] as const) {
        const file = fontFileFor(text, weight, 'jp');
        expect(file, text).not.toBeNull();
        expect(packaged(file ?? ''), file ?? text).toBe(true);
        expect(packaged(join(dirname(file ?? ''), '../unicode.json'))).toBe(true);
      }
    }
    const fonts = readdirSync(join(root, 'node_modules/@fontsource/noto-sans-jp/files'));
    const kept = fonts.filter((name) => isPackaged(`node_modules/@fontsource/noto-sans-jp/files/${name}`));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.every((name) => /-(400|700)-normal\.woff$/.test(name))).toBe(true);
    expect(isPackaged('node_modules/pdfkit/js/pdfkit.js')).toBe(true);
  });

  it('names the entry that package.json starts, and builds put there', () => {
    const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string };
    expect(main).toBe('dist/main/hosts/electron/main.js');
    expect(existsSync(join(root, main.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
    expect(configuration.files).toContain('dist/main/**/*.js');
  });
});

describe('what is unpacked from the archive', () => {
  const unpacked = (path: string) =>
    configuration.asarUnpack.some((pattern) => path.startsWith(pattern.replace(/\*\*$/, '')));

  it('is all that the inference process loads, which cannot read archives', () => {
    const { files, packages } = loadedBy(join(root, 'main/inference/child.ts'));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      expect(unpacked(`dist/${relative(root, file).replace(/\.ts$/, '.js')}`), file).toBe(true);
    }
    expect(packages).toContain('onnxruntime-node');
    for (const name of packages) {
      expect(unpacked(`node_modules/${name}/`), name).toBe(true);
      expect(existsSync(join(root, 'node_modules', name))).toBe(true);
    }
    expect(unpacked('node_modules/onnxruntime-common/')).toBe(true);
  });

  it('is all that the process loads which reads chosen paths', () => {
    const { files, packages } = loadedBy(join(root, 'main/import/paths/child.ts'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      expect(unpacked(`dist/${relative(root, file).replace(/\.ts$/, '.js')}`), file).toBe(true);
    }
    expect(packages).toEqual([]);
  });

  it('is no more than that: the rest stays under the hash', () => {
    expect(unpacked('dist/main/import/import-session.js')).toBe(false);
    expect(unpacked('package.json')).toBe(false);
    expect(unpacked('dist/main/hosts/electron/main.js')).toBe(false);
    expect(unpacked('dist/renderer/index.html')).toBe(false);
  });
});

/** Files and packages that a module loads at run time; what is imported as types only is not loaded. */
function loadedBy(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  visit(entry);
  return { files: [...files], packages: [...packages] };

  function visit(file: string): void {
    if (files.has(file)) return;
    files.add(file);
    const source = readFileSync(file, 'utf8');
    for (const [, clause = '', from = ''] of source.matchAll(
      /^(?:import|export)\s+([^;]*?)\s*from\s+'([^']+)'/gm,
    )) {
      const names = /^\{([^}]*)\}$/.exec(clause.trim())?.[1];
      const onlyTypes = names
        ?.split(',')
        .filter((name) => name.trim() !== '')
        .every((name) => name.trim().startsWith('type '));
      if (clause.startsWith('type ') || onlyTypes || from.startsWith('node:')) continue;
      if (from.startsWith('.')) visit(resolve(dirname(file), from));
      else
        packages.add(
          from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : (from.split('/')[0] ?? from),
        );
    }
  }
}
