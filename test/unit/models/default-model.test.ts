import { describe, expect, it } from 'vitest';
import { accurateRival, defaultModel, type Candidate } from '../../../core/model/default-model.ts';
import type { ModelManifest } from '../../../core/model/manifest.ts';

interface Named extends Candidate {
  readonly name: string;
}

function model(name: string, role?: 'accurate' | 'fast', more: Partial<Candidate> = {}): Named {
  const manifest = { name, ...(role === undefined ? {} : { role }) } as ModelManifest;
  return { name, manifest, problem: null, origin: 'bundled', ...more };
}

const chosen = (models: readonly Named[], gpu: boolean) => defaultModel(models, gpu)?.name ?? null;

describe('the default model', () => {
  const fast = model('quick', 'fast');
  const accurate = model('good', 'accurate');
  const plain = model('plain');

  it('of both is the accurate one with an accelerator and the fast one without', () => {
    for (const models of [
      [plain, fast, accurate],
      [accurate, fast],
    ]) {
      expect(chosen(models, true)).toBe('good');
      expect(chosen(models, false)).toBe('quick');
      expect(accurateRival(models)).toBe(accurate);
    }
  });

  it('of one alone is that one, whatever there is to run it on, and nothing has to be looked for', () => {
    for (const gpu of [true, false]) {
      expect(chosen([plain, fast], gpu)).toBe('quick');
      expect(chosen([plain, accurate], gpu)).toBe('good');
      expect(chosen([plain], gpu)).toBe('plain');
      expect(chosen([], gpu)).toBe(null);
    }
    expect(accurateRival([plain, fast])).toBe(null);
    expect(accurateRival([plain, accurate])).toBe(null);
  });

  it('is never one that cannot be used', () => {
    const damaged = model('good', 'accurate', { problem: 'its hash' });
    expect(chosen([damaged, fast], true)).toBe('quick');
    expect(accurateRival([damaged, fast])).toBe(null);
    expect(chosen([model('x', 'fast', { manifest: null, problem: 'no manifest' })], false)).toBe(null);
  });

  it('is not changed by adding a model, unless none that came along can be used', () => {
    const added = model('mine', 'accurate', { origin: 'added' });
    expect(chosen([fast, added], true)).toBe('quick');
    expect(chosen([plain, added], true)).toBe('plain');
    expect(chosen([model('quick', 'fast', { problem: 'damaged' }), added], false)).toBe('mine');
  });
});
