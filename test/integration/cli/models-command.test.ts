import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import {
  copiesThePicture,
  takesRootsOfNegatives,
  tinyModelFolder,
} from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = temporaryFolders();

function models(...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'main/cli/systola.ts'), 'models', ...argv], {
    cwd: root,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}

it('lists, checks and adds models, and refuses a bad one with its reason', async () => {
  const library = folder();
  const elsewhere = folder();
  const good = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
  const bad = tinyModelFolder(elsewhere, 'nan', takesRootsOfNegatives);

  expect(await models('check', good)).toMatchObject({ code: 0, stdout: expect.stringMatching(/are sound/) });
  writeFileSync(join(elsewhere, 'best.pth'), 'weights');
  expect(await models('check', join(elsewhere, 'best.pth'))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/convert best\.pth.*model-is-checkpoint/),
  });
  const refused = await models('add', bad, '--library', library);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/nan.*not numbers.*model-invalid/),
  });
  expect(await models('add', good, '--library', library)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Added to .*tiny/),
  });
  expect(readdirSync(join(library, 'models'))).toEqual(['tiny']);
  const listed = await models('--library', library);
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/tiny · .*added/) });
  expect(listed.stdout).toMatch(/comes with Systola/);
  expect(await models('remove', good)).toMatchObject({ code: 64 });
});
