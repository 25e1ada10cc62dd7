import { setTimeout as wait } from 'node:timers/promises';
import type { RemovalState } from '../../core/api/care.ts';
import type { StudySummary } from '../../core/api/requests.ts';
import type { Services } from '../../main/application/services.ts';
import type { Fate } from './plan.ts';
import { say } from './victim-line.ts';

/** Asks the application as its window does. */
export type Ask = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** Deletes studies and clips, takes some back, and leaves some to their time. */
export async function removeAll(
  ask: Ask,
  { library }: Services,
  clipsByStudy: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const remove = async (study: string, instance: string | null): Promise<RemovalState> => {
    tell('deleting');
    const path = instance === null ? `studies/${study}` : `studies/${study}/instances/${instance}`;
    const removal = await ask<RemovalState>('DELETE', path);
    tell('deleted');
    return removal;
    function tell(fate: Fate): void {
      say({ fate, study, instance });
    }
  };
  /** As when its time is over. */
  const leave = async ({ id, studyInstanceUid: study, sopInstanceUid: instance }: RemovalState) => {
    say({ fate: 'leaving', study, instance });
    await library.care.carryOut(id);
    say({ fate: 'gone', study, instance });
  };
  const keep = async ({ id, studyInstanceUid: study, sopInstanceUid: instance }: RemovalState) => {
    say({ fate: 'keeping', study, instance });
    await ask('POST', `removals/${id}/take-back`);
    say({ fate: 'kept', study, instance });
  };
  const turns: ((study: string, clip: string) => Promise<void>)[] = [
    async (study) => leave(await remove(study, null)),
    async (study) => keep(await remove(study, null)),
    async (study, clip) => leave(await remove(study, clip)),
    async (study, clip) => keep(await remove(study, clip)),
    async (study) => void (await remove(study, null)),
  ];
  let turn = 0;
  for (const [study, [clip = '']] of clipsByStudy) await turns[turn++ % turns.length]!(study, clip);
}

/** Says whose studies two of them are, alone and together, again and again. */
export async function correctPatients(ask: Ask): Promise<never> {
  const studies = (await ask<StudySummary[]>('GET', 'studies')).slice(-2);
  const uids = studies.map(({ studyInstanceUid }) => studyInstanceUid);
  for (let step = 0; ; step += 1) {
    const patient = `Q${process.pid}-${step}`;
    say({ patient, studies: uids, done: false });
    await ask('PUT', 'patients', { studies: uids, patient: { patientId: patient } });
    say({ patient, studies: uids, done: true });
  }
}

/** Waits until everything that was deleted is gone, by itself. */
export async function settle({ library }: Services): Promise<void> {
  while (library.care.pending().length > 0) await wait(100);
  say({ settled: true });
}
