import { describe, expect, it, vi } from 'vitest';
import { inEnglish } from '../../../core/language/english.ts';
import { message } from '../../../core/language/message.ts';
import { Propagation, type PropagationRequests } from '../../../renderer/editing/propagation.svelte.ts';
import type { Proposal } from '../../../renderer/api/client.ts';
import { messages } from '../../../renderer/state/messages.svelte.ts';
import type { OpenStudy } from '../../../renderer/state/study.svelte.ts';
import { inWords, language } from '../../../renderer/words/language.svelte.ts';
import { bracketed } from '../../fixtures/language/bracketed.ts';

const proposal: Proposal = {
  type: 'proposal',
  id: 'p1',
  record: {
    structure: 'lv-cavity',
    way: 'displacement',
    anchors: [3],
    range: { from: 1, to: 5 },
    model: 'm',
    sha256: 'ab',
  },
  reach: { from: 1, to: 5 },
  instead: null,
};

/** A study that has nothing to save, and answers that the test gives. */
function begun() {
  const study = { head: 4, saving: false, saved: () => Promise.resolve(), receiveRevision() {} };
  const answers: PromiseWithResolvers<Proposal>[] = [];
  const kept: string[] = [];
  const ranges: unknown[] = [];
  const pictures: PromiseWithResolvers<void>[] = [];
  const requests: PropagationRequests = {
    propose: (_clip, { range }, _onTrace, signal) => {
      ranges.push(range);
      const answer = Promise.withResolvers<Proposal>();
      signal.addEventListener('abort', () => answer.reject(new Error('cancelled')));
      answers.push(answer);
      return answer.promise;
    },
    keepProposal: (clip, id) => {
      kept.push(`${clip}/${id}`);
      return Promise.resolve({ head: 5, revision: {} as never });
    },
    dropProposal: () => Promise.resolve(),
  };
  const seen = { onScreen: true, now: 0 };
  const propagation = new Propagation(
    requests,
    () => seen.onScreen,
    () => seen.now,
    () => {
      const picture = Promise.withResolvers<void>();
      pictures.push(picture);
      return picture.promise;
    },
  );
  const asked = propagation.propose(study as unknown as OpenStudy, 'clip', 'lv-cavity');
  return { study, answers, ranges, pictures, kept, seen, propagation, asked };
}

describe('Enter', () => {
  it('is the ghost’s from the press of P until a moment after it was kept', async () => {
    const { answers, kept, seen, propagation, asked } = begun();
    expect(propagation.takesEnter).toBe(true);
    await propagation.keep();
    expect(kept).toEqual([]);
    await Promise.resolve();
    answers[0]!.resolve(proposal);
    await asked;
    expect(propagation.ghostOf('clip')).not.toBeNull();
    await propagation.keep();
    expect(kept).toEqual(['clip/p1']);
    expect(propagation.ghost).toBeNull();
    expect(propagation.takesEnter).toBe(true);
    await propagation.keep();
    expect(kept).toHaveLength(1);
    seen.now = 5000;
    expect(propagation.takesEnter).toBe(false);
  });
});

describe('a range that is dragged', () => {
  it('is asked for once for each picture that is drawn, and then it is the last', async () => {
    const { answers, ranges, pictures, propagation, asked } = begun();
    await Promise.resolve();
    answers[0]!.resolve(proposal);
    await asked;
    const dragged = [2, 3, 4].map((from) => propagation.within({ from, to: 5 }));
    expect(pictures).toHaveLength(1);
    expect(ranges).toEqual([null]);
    pictures[0]!.resolve();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    expect(ranges).toEqual([null, { from: 4, to: 5 }]);
    answers[1]!.resolve(proposal);
    await Promise.all(dragged);
    const later = propagation.within({ from: 2, to: 5 });
    pictures[1]!.resolve();
    await vi.waitFor(() => expect(ranges).toHaveLength(3));
    expect(ranges[2]).toEqual({ from: 2, to: 5 });
    answers[2]!.resolve(proposal);
    await later;
  });

  it('is not asked for where the ghost was dropped before the picture', async () => {
    const { answers, ranges, pictures, propagation, asked } = begun();
    await Promise.resolve();
    answers[0]!.resolve(proposal);
    await asked;
    const dragged = propagation.within({ from: 2, to: 5 });
    propagation.drop();
    pictures[0]!.resolve();
    await dragged;
    expect(ranges).toEqual([null]);
  });
});

describe('a proposal by another way than the model’s', () => {
  it('is shown, and why it is another, once however its range is dragged', async () => {
    const before = messages.list.length;
    const { answers, pictures, propagation, asked } = begun();
    const instead = message('edit.propagation.instead', {
      reason: message('models.correction.missing', { model: 'fast', file: 'correction.onnx' }),
    });
    await Promise.resolve();
    answers[0]!.resolve({ ...proposal, instead });
    await asked;
    expect(propagation.ghostOf('clip')).not.toBeNull();
    const told = () => messages.list.slice(before).map(({ kind, text }) => [kind, inWords(text)]);
    expect(told()).toEqual([['warning', inEnglish.say(instead)]]);
    expect(told()[0]![1]).toMatch(
      /carried by displacement.*correction network of fast is missing.*correction\.onnx/,
    );
    // A message, no sentence: it is said in the language that is spoken, down to its reason.
    language.use(bracketed);
    expect(told()[0]![1]).toMatch(/^⟦Corrections .*⟦The correction network .*⟧.*⟧$/);
    language.use(null);
    const dragged = propagation.within({ from: 2, to: 5 });
    pictures[0]!.resolve();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]!.resolve({ ...proposal, instead });
    await dragged;
    expect(messages.list).toHaveLength(before + 1);
  });
});

describe('a ghost', () => {
  it('is none where the reader does not see its clip, or the study has changed', async () => {
    const { answers, study, kept, seen, propagation, asked } = begun();
    await Promise.resolve();
    answers[0]!.resolve(proposal);
    await asked;
    seen.onScreen = false;
    expect(propagation.ghost).toBeNull();
    expect(propagation.takesEnter).toBe(false);
    await propagation.keep();
    expect(kept).toEqual([]);
    seen.onScreen = true;
    study.head = 5;
    expect(propagation.ghost).toBeNull();
  });

  it('is called off with its request', async () => {
    const { propagation, asked } = begun();
    await Promise.resolve();
    expect(propagation.drop()).toBe(true);
    await asked;
    expect(propagation.drop()).toBe(false);
    expect(propagation.takesEnter).toBe(false);
  });
});
