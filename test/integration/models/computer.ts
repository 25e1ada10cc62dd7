import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SystolaError } from '../../../core/error.ts';
import type { LoadedModel } from '../../../main/inference/loaded-model.ts';
import { Turns } from '../../../main/inference/turns.ts';
import { ModelAdditions } from '../../../main/models/model-additions.ts';
import { ModelRegistry } from '../../../main/models/registry.ts';

/**
 * Models of the application in `bundled`, the user's in `added`, and models to be added in `elsewhere`.
 * @param root an empty folder
 */
export function computer(root: string) {
  const [bundled, added, elsewhere] = ['bundled', 'added', 'elsewhere'].map((name) => join(root, name));
  mkdirSync(bundled!);
  mkdirSync(elsewhere!);
  const registry = new ModelRegistry([bundled!], added!);
  const turns = new Turns();
  const told: LoadedModel[] = [];
  const additions = new ModelAdditions({
    folder: added!,
    list: () => registry.list(true),
    alone: (until, change) => turns.take(until, change),
    onAdded: (model) => told.push(model),
  });
  const add = (path: string) => additions.addFolder(path, new AbortController().signal);
  const refusal = (path: string): Promise<SystolaError> =>
    add(path).then(
      () => Promise.reject(new Error('it was added')),
      (error: SystolaError) => error,
    );
  return { bundled: bundled!, added: added!, elsewhere: elsewhere!, registry, additions, add, refusal, told };
}

/** What is refused: how it is made in a folder, the error's code, and what it says with its file before it. */
export type Refused = readonly [
  what: string,
  make: (elsewhere: string) => string,
  code: string,
  says: RegExp,
];

/** It is refused with its reason, and leaves nothing behind. @param root an empty folder */
export async function expectRefusal(root: string, [, make, code, says]: Refused): Promise<void> {
  const { added, elsewhere, registry, refusal } = computer(root);
  const error = await refusal(make(elsewhere));
  expect(error).toMatchObject({ name: 'SystolaError', code });
  expect(`${error.file}: ${error.message}`).toMatch(says);
  expect(error.file).toContain(elsewhere);
  expect(error.message).not.toContain('.adding-');
  expect(readdirSync(added)).toEqual([]);
  expect(await registry.list(true)).toEqual([]);
}
