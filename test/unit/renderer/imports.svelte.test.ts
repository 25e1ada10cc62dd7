import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImportState } from '../../../core/api/requests.ts';
import { imports } from '../../../renderer/import/imports.svelte.ts';

const running: ImportState = {
  importId: 'i',
  state: 'running',
  filesDone: 1,
  filesTotal: 3,
  currentFile: 'b.dcm',
  accepted: 1,
  known: 0,
  documents: 0,
  rejected: [],
  rejectedFrom: 0,
  rejectedTotal: 0,
  passedOver: { count: 0, names: [] },
  studies: [],
  message: null,
};

/** What the application answers about the import; the list of studies is empty. */
function answering(about: () => Response): void {
  vi.stubGlobal('fetch', (address: string) =>
    Promise.resolve(address.startsWith('/api/imports/') ? about() : Response.json([])),
  );
}

describe('an import whose end passed while the connection was lost', () => {
  beforeEach(() => {
    imports.current = null;
    imports.receive(running);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    imports.dismiss();
  });

  it('ends on screen when the connection is back', async () => {
    answering(() => Response.json({ ...running, state: 'finished', accepted: 3, filesDone: 3 }));
    expect(imports.running).toBe(true);
    await imports.catchUp();
    expect(imports.running).toBe(false);
    expect(imports.current).toMatchObject({ state: 'finished', accepted: 3 });
  });

  it('has failed where nobody knows of it any more', async () => {
    const error = { code: 'not-found', message: 'There is no such import.', file: 'i' };
    answering(() => Response.json({ error }, { status: 404 }));
    await imports.catchUp();
    expect(imports.current).toMatchObject({ state: 'failed', accepted: 1 });
    expect(imports.running).toBe(false);
  });

  it('goes on where it does, and where nobody answers', async () => {
    answering(() => Response.json({ ...running, filesDone: 2 }));
    await imports.catchUp();
    expect(imports.current).toMatchObject({ state: 'running', filesDone: 2 });
    answering(() => Response.json({}, { status: 500 }));
    await imports.catchUp();
    expect(imports.running).toBe(true);
    imports.current = null;
  });
});
