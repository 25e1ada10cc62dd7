import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromRefusal, listPaths } from '../../../main/import/list-paths.ts';
import { answer, refusalOf } from '../../../main/import/paths/operations.ts';
import type { PathReader, PathRequest } from '../../../main/import/paths/protocol.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

/** The same operations as the process that reads paths makes, made here. */
const reader: PathReader = {
  async ask(ask, request) {
    try {
      return (await answer({ ask, ...request } as PathRequest, () => undefined)) as never;
    } catch (error) {
      throw fromRefusal(refusalOf(error, 'path' in request ? request.path : ''));
    }
  },
};

async function list(...paths: string[]): Promise<(string | [string | null, string])[]> {
  const listed: (string | [string | null, string])[] = [];
  for await (const batch of listPaths(paths, reader, new AbortController().signal)) {
    for (const { path, error } of batch) listed.push(error === null ? path : [error.file, error.code]);
  }
  return listed;
}

describe('listPaths', () => {
  it('walks folders in name order and leaves out what operating systems drop there', async () => {
    const root = folder();
    mkdirSync(join(root, 'b', 'c'), { recursive: true });
    for (const name of ['z.dcm', 'b/2', 'b/c/1', '.DS_Store', 'Thumbs.db', 'b/._2'])
      writeFileSync(join(root, name), '');
    expect(await list(root)).toEqual(['b/2', 'b/c/1', 'z.dcm'].map((name) => join(root, name)));
  });

  it('ends in spite of links that form a loop, and enters a folder once', async () => {
    const root = folder();
    mkdirSync(join(root, 'a'));
    writeFileSync(join(root, 'a', 'x'), '');
    symlinkSync(root, join(root, 'a', 'up'));
    symlinkSync(join(root, 'a'), join(root, 'b'));
    expect(await list(root)).toEqual([join(root, 'a', 'x')]);
  });

  it('follows a link inside of the folder, and reports one out of it and one to nowhere', async () => {
    const root = folder();
    const elsewhere = folder();
    mkdirSync(join(elsewhere, 'private'));
    for (const path of [join(elsewhere, 'x'), join(elsewhere, 'private', 'y'), join(root, 'own')])
      writeFileSync(path, '');
    symlinkSync(join(elsewhere, 'x'), join(root, 'a'));
    symlinkSync(join(elsewhere, 'gone'), join(root, 'b'));
    symlinkSync(join(elsewhere, 'private'), join(root, 'c'));
    symlinkSync('own', join(root, 'd'));
    expect(await list(root)).toEqual([
      [join(root, 'a'), 'unreadable'],
      [join(root, 'b'), 'not-found'],
      [join(root, 'c'), 'unreadable'],
      join(root, 'd'),
      join(root, 'own'),
    ]);
  });

  it('follows what was chosen itself, wherever it leads to', async () => {
    const root = folder();
    const elsewhere = folder();
    writeFileSync(join(elsewhere, 'x'), '');
    symlinkSync(elsewhere, join(root, 'link'));
    symlinkSync(join(elsewhere, 'x'), join(root, 'file'));
    expect(await list(join(root, 'link'), join(root, 'file'))).toEqual([
      join(root, 'link', 'x'),
      join(root, 'file'),
    ]);
  });

  it('reports a path that is not there and goes on', async () => {
    const root = folder();
    writeFileSync(join(root, 'x'), '');
    expect(await list(join(root, 'gone'), root)).toEqual([
      [join(root, 'gone'), 'not-found'],
      join(root, 'x'),
    ]);
  });

  it.skipIf(process.getuid?.() === 0)('reports a folder without permission and goes on', async () => {
    const root = folder();
    mkdirSync(join(root, 'closed'));
    writeFileSync(join(root, 'x'), '');
    chmodSync(join(root, 'closed'), 0);
    expect(await list(root)).toEqual([[join(root, 'closed'), 'unreadable'], join(root, 'x')]);
    chmodSync(join(root, 'closed'), 0o700);
  });

  it.skipIf(process.platform === 'win32')('does not open a pipe, which would wait forever', async () => {
    const root = folder();
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await list(root)).toEqual([[join(root, 'pipe'), 'unreadable']]);
  });

  it('goes through hundreds of nested folders', async () => {
    const root = folder();
    let path = root;
    for (let depth = 0; depth < 300; depth += 1) {
      path = join(path, 'd');
      if (path.length > 3000) break;
      mkdirSync(path);
    }
    writeFileSync(join(path, 'x'), '');
    expect(await list(root)).toHaveLength(1);
  });
});
