import type { BackupState, RemovalState } from '../../core/api/care.ts';
import type { StudySummary } from '../../core/api/requests.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf } from '../api/client.ts';
import { dialogs } from '../dialogs/dialogs.svelte.ts';
import { library } from '../state/library.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { studyOpening } from '../state/study-opening.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';

/** What a menu or the Delete key is about. */
export type CareTarget =
  | { readonly kind: 'study'; readonly study: StudySummary }
  | { readonly kind: 'clip'; readonly studyInstanceUid: string; readonly sopInstanceUid: string };

/** A deletion that can still be taken back, and until when by this window's clock, ms. */
interface Pending {
  readonly removal: RemovalState;
  readonly name: string;
  readonly untilMs: number;
}

/** What was deleted, whose data are corrected, and how a backup goes. */
class Care {
  pending = $state.raw<readonly Pending[]>([]);
  backup = $state.raw<BackupState | null>(null);
  /** Study whose patient is looked at. */
  patientOf = $state<string | null>(null);
  /** Signed study that is deleted only when that is said twice. */
  toConfirm = $state.raw<StudySummary | null>(null);

  receive(removals: readonly RemovalState[]): void {
    this.pending = removals.map((removal) => {
      const known = this.pending.find((one) => one.removal.id === removal.id);
      return known ?? { removal, name: nameOf(removal), untilMs: performance.now() + removal.leftMs };
    });
    // Deleted in another window: what is not in the library any more is not on screen.
    const open = workspace.study;
    if (open === null) return;
    for (const { studyInstanceUid, sopInstanceUid } of removals) {
      if (studyInstanceUid !== open.uid) continue;
      if (sopInstanceUid === null) studyOpening.close();
      else void studyOpening.takeRemovals();
    }
  }

  /** Deletes; what was signed is asked about first. */
  async remove(target: CareTarget): Promise<void> {
    if (target.kind === 'study' && target.study.decision === 'accepted') {
      this.toConfirm = target.study;
      dialogs.open = 'delete';
      return;
    }
    await this.removeNow(target);
  }

  async removeNow(target: CareTarget): Promise<void> {
    try {
      if (target.kind === 'study') await api.removeStudy(target.study.studyInstanceUid);
      else await api.removeInstance(target.studyInstanceUid, target.sopInstanceUid);
    } catch (error) {
      report('error', message('care.not-deleted', { reason: reasonOf(error) }));
    }
  }

  async takeBack({ removal }: Pending): Promise<void> {
    try {
      await api.takeBack(removal.id);
      if (workspace.study?.uid === removal.studyInstanceUid) await studyOpening.takeArrivals();
    } catch (error) {
      report('error', message('care.not-taken-back', { reason: reasonOf(error) }));
    }
  }

  showPatient(studyInstanceUid: string): void {
    this.patientOf = studyInstanceUid;
    dialogs.open = 'patient-data';
  }
}

/** By the list as it was before; of a study that came back and went, by its UID. */
function nameOf({ studyInstanceUid, sopInstanceUid }: RemovalState): string {
  if (sopInstanceUid !== null) return '';
  return library.study(studyInstanceUid)?.patientName ?? '';
}

export const care = new Care();
