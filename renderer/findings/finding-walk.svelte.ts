import { message } from '../../core/language/message.ts';
import { report } from '../state/messages.svelte.ts';
import { chosenBeats } from '../state/chosen-beats.svelte.ts';
import { litFrames } from '../state/lit-frames.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { listedFindings, type ListedFinding } from './listed-findings.ts';

/** Which finding of the list the reader is at. */
class FindingWalk {
  /** Key of its line; empty before the first. */
  at = $state('');

  /** Goes to the first frame of a finding, and lights its contours. */
  visit({ key, finding }: ListedFinding): void {
    this.at = key;
    const [first] = finding.sources;
    if (!first) return;
    chosenBeats.visit(first);
    litFrames.list = finding.sources;
  }

  /** Goes on to the next finding that has a frame, from the last to the first. */
  next(): void {
    const all = workspace.study ? listedFindings(workspace.study) : [];
    const start = all.findIndex(({ key }) => key === this.at) + 1;
    const inTurn = [...all.slice(start), ...all.slice(0, start)];
    const found = inTurn.find(({ finding }) => finding.sources.length > 0);
    if (found) this.visit(found);
    else report('information', message('findings.none-with-frame'));
  }
}

export const findingWalk = new FindingWalk();
