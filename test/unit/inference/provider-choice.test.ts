import { expect, it } from 'vitest';
import type { InferenceChild } from '../../../main/inference/inference-child.ts';
import type { ExecutionProvider, ToChild } from '../../../main/inference/protocol.ts';
import { acceleratorsOf, ProviderChoice } from '../../../main/inference/provider-choice.ts';
import { defaultWatchdogLimits } from '../../../main/inference/watchdog.ts';
import { manifestOf, microModel } from '../../fixtures/models/model-folder.ts';

it('takes the processor when the graphics card that auto had found is gone', async () => {
  const card = acceleratorsOf(process.platform).at(-1)!;
  const frameMs: Partial<Record<ExecutionProvider, number>> = { cpu: 20, [card]: 5 };
  let asked: ExecutionProvider = 'cpu';
  // A card cannot be pulled out in a test: the process answers as it would with and without one.
  const child = {
    send: (message: ToChild) => {
      if (message.type === 'load') asked = message.provider;
    },
    reply: async () =>
      frameMs[asked] === undefined
        ? { type: 'load-failed', provider: asked, failure: 'provider', reason: 'no such device' }
        : { type: 'loaded', provider: asked, frameMs: frameMs[asked] },
  } as unknown as InferenceChild;
  const { name, graph, input } = manifestOf(microModel);
  const model = { name, graphPath: '', graph, rows: input.height, columns: input.width };
  const context = {
    model,
    threads: 1,
    limits: defaultWatchdogLimits,
    signal: new AbortController().signal,
    child: async () => child,
  };
  const choice = new ProviderChoice();
  expect((await choice.load('auto', context)).provider).toBe(card);
  delete frameMs[card];
  expect((await choice.load('auto', context)).provider).toBe('cpu');
  expect(choice.reports(model).find(({ provider }) => provider === card)?.reason).toBe('no such device');
  await expect(choice.load(card, context)).rejects.toMatchObject({ code: 'provider-unavailable' });
});
