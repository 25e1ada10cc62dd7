import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../renderer/api/client.ts';

describe('what a refused request is told to the reader as', () => {
  it('is what the application said, with what to do', async () => {
    const message = 'The stored file of this clip is missing. Import the original again.';
    const error = { code: 'file-missing', message, file: 'clip.dcm' };
    expect(await refusalOf(Response.json({ error }, { status: 404 }))).toMatchObject({
      ...error,
      status: 404,
    });
  });

  it('is its status where somebody else answered', async () => {
    expect(await refusalOf(new Response('<html>', { status: 502 }))).toMatchObject({
      code: 'internal',
      message: 'Request failed with status 502.',
      file: null,
    });
  });
});
