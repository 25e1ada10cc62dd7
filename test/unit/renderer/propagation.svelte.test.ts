import { describe, expect, it } from 'vitest';
import { Propagation, type PropagationRequests } from '../../../renderer/editing/propagation.svelte.ts';
import type { Proposal } from '../../../renderer/api/client.ts';
import type { OpenStudy } from '../../../renderer/state/study.svelte.ts';

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
};

/** A study that has nothing to save, and answers that the test gives. */
function begun() {
  const study = { head: 4, saving: false, saved: () => Promise.resolve(), receiveRevision() {} };
  const answers: PromiseWithResolvers<Proposal>[] = [];
  const kept: string[] = [];
  const requests: PropagationRequests = {
    propose: (_clip, _request, _onTrace, signal) => {
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
  );
  const asked = propagation.propose(study as unknown as OpenStudy, 'clip', 'lv-cavity');
  return { study, answers, kept, seen, propagation, asked };
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
