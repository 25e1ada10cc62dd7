import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { copyOfMicroModel } from './micro-clip.ts';

it('the inference process ends when the application is killed', async () => {
  const { folder, remove } = await copyOfMicroModel();
  const application = spawn(
    process.execPath,
    [fileURLToPath(new URL('./orphan.ts', import.meta.url)), folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const [line] = (await once(application.stdout, 'data')) as [Buffer];
    const childProcessId = Number(line.toString());
    expect(isAlive(childProcessId)).toBe(true);
    application.kill('SIGKILL');
    await expect.poll(() => isAlive(childProcessId)).toBe(false);
  } finally {
    application.kill('SIGKILL');
    await remove();
  }
});

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
