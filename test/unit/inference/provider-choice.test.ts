import { expect, it } from 'vitest';
import type { InferenceChild } from '../../../main/inference/inference-child.ts';
import type { ExecutionProvider, ModelDescription, ToChild } from '../../../main/inference/protocol.ts';
import { acceleratorsOf, ProviderChoice } from '../../../main/inference/provider-choice.ts';
import { defaultWatchdogLimits } from '../../../main/inference/watchdog.ts';
import { manifestOf, microModel } from '../../fixtures/models/model-folder.ts';

/** A card cannot be put in or pulled out in a test: the process answers as it would with and without one. */
function machine(frameMs: Partial<Record<ExecutionProvider, number>>) {
  const asked: ExecutionProvider[] = [];
  const child = {
    send: (message: ToChild) => {
      if (message.type === 'load') asked.push(message.provider);
    },
    reply: async () => {
      const provider = asked.at(-1)!;
      return frameMs[provider] === undefined
        ? { type: 'load-failed', provider, failure: 'provider', reason: 'no such device' }
        : { type: 'loaded', provider, frameMs: frameMs[provider] };
    },
  } as unknown as InferenceChild;
  const { name, graph, input } = manifestOf(microModel);
  const described: ModelDescription = {
    role: 'contours',
    name,
    graphPath: '',
    graph,
    rows: input.height,
    columns: input.width,
  };
  const context = {
    graph: described,
    threads: 1,
    limits: defaultWatchdogLimits,
    signal: new AbortController().signal,
    child: async () => child,
  };
  return { asked, context };
}

const accelerators = acceleratorsOf(process.platform);
const card = accelerators.at(-1)!;

it('takes the processor when the graphics card that auto had found is gone', async () => {
  const frameMs: Partial<Record<ExecutionProvider, number>> = { cpu: 20, [card]: 5 };
  const { context } = machine(frameMs);
  const choice = new ProviderChoice();
  expect((await choice.load('auto', context)).provider).toBe(card);
  delete frameMs[card];
  expect((await choice.load('auto', context)).provider).toBe('cpu');
  expect(choice.reports(context.graph).find(({ provider }) => provider === card)?.reason).toBe(
    'no such device',
  );
  await expect(choice.load(card, context)).rejects.toMatchObject({ code: 'provider-unavailable' });
});

it('takes the processor where every card is slower, and says so', async () => {
  const { asked, context } = machine({ cpu: 20, [card]: 30 });
  const choice = new ProviderChoice();
  expect(await choice.loadAccelerated(context)).toBe(null);
  expect(asked.filter((provider) => provider === card)).toHaveLength(1);
  expect((await choice.load('auto', context)).provider).toBe('cpu');
  expect(asked.filter((provider) => provider === card)).toHaveLength(1);
  expect(choice.reports(context.graph).slice(-2)).toEqual([
    { provider: card, frameMs: 30, reason: 'slower than the CPU here (30.0 ms a frame, the CPU takes 20.0)' },
    { provider: 'cpu', frameMs: 20, reason: null },
  ]);
});

it('looks for an accelerator without loading the model on the processor where there is none', async () => {
  const { asked, context } = machine({ cpu: 20 });
  const choice = new ProviderChoice();
  expect(await choice.loadAccelerated(context)).toBe(null);
  expect(asked).toEqual(accelerators);
  expect((await choice.load('auto', context)).provider).toBe('cpu');
  expect(choice.reports(context.graph).map(({ provider }) => provider)).toEqual([...accelerators, 'cpu']);
});

it('finds the accelerator that beats the processor', async () => {
  const { context } = machine({ cpu: 20, [card]: 5 });
  const choice = new ProviderChoice();
  expect((await choice.loadAccelerated(context))?.provider).toBe(card);
  expect((await choice.loadAccelerated(context))?.provider).toBe(card);
  expect(choice.reports(context.graph).at(-1)).toEqual({ provider: 'cpu', frameMs: 20, reason: null });
});
