import { beforeAll, describe, expect, it } from 'vitest';
import type { CorrectionRequest } from '../../../main/inference/inference-service.ts';
import { correcting, corrections, square, type Told } from './correcting.ts';
import { range } from './recurrence.ts';

const at = correcting();
const { service } = at;

describe('a process that is lost while corrections are carried', () => {
  const given = () =>
    new Map([
      [4, square(at.sound.manifest.input, 8)],
      [7, square(at.sound.manifest.input, 20)],
      [8, square(at.sound.manifest.input, 12)],
    ]);
  let undisturbed: CorrectionRequest & Told;
  let steps = 0;
  beforeAll(async () => {
    undisturbed = corrections(at.sound, given());
    const running = service();
    ({ steps } = await running.correct(undisturbed));
    await running.close();
    // The model; three anchors; nine frames that read all of them.
    expect(steps).toBe(12 + 3 * (1 + 9));
  });

  it.each(range(0, 42).filter((step) => step % 3 === 0))('at step %i costs nothing', async (fatalStep) => {
    const running = service({ checkpointEvery: 3 });
    const done: number[] = [];
    const disturbed = corrections(at.sound, given(), {
      onStep: (step) => {
        done.push(step);
        if (step - 1 === fatalStep) process.kill(running.childProcessId!, 'SIGKILL');
      },
    });
    await running.correct(disturbed);
    expect(done).toEqual(range(1, steps + 1));
    expect(disturbed.frames).toEqual(undisturbed.frames);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });

  it('by standing still is replaced too', async () => {
    const running = service({ limits: { frameMs: 1000, frameFactor: 1 } });
    let stopped = false;
    const disturbed = corrections(at.sound, given(), {
      onStep: (step) => {
        if (step !== 16 || stopped) return;
        stopped = true;
        process.kill(running.childProcessId!, 'SIGSTOP');
      },
    });
    await running.correct(disturbed);
    expect(stopped).toBe(true);
    expect(disturbed.maps).toEqual(undisturbed.maps);
  });

  it('is left usable when it is called off, whether the model runs or the network', async () => {
    const running = service();
    for (const last of [3, 14, 20]) {
      const controller = new AbortController();
      const request = corrections(at.sound, given(), {
        signal: controller.signal,
        onStep: (step) => {
          if (step === last) controller.abort();
        },
      });
      await expect(running.correct(request)).rejects.toMatchObject({ code: 'cancelled' });
    }
    const next = corrections(at.sound, given());
    await running.correct(next);
    expect(next.maps).toEqual(undisturbed.maps);
  });
});
