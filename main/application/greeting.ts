import type { RunQueue } from '../analysis/run-queue.ts';
import type { ImportService } from '../import/import-service.ts';
import type { BackupJobs } from './backup-jobs.ts';
import type { OutgoingEvent } from './event-hub.ts';
import type { ExportJobs } from './export-jobs.ts';
import { installation } from './installation.ts';
import type { LibraryWatch } from './library-watch.ts';
import type { Receiver } from './receiver.ts';
import type { Removals } from './removals.ts';
import type { Sending } from './sending.ts';
import type { WorklistWatch } from './worklist-watch.ts';

/** Whose state every window shows. */
export interface ShownServices {
  readonly watch: LibraryWatch;
  readonly receiver: Receiver;
  readonly worklist: WorklistWatch;
  readonly removals: Removals;
  readonly backups: BackupJobs;
  readonly sending: Sending;
  readonly imports: ImportService;
  readonly exports: ExportJobs;
  readonly runs: RunQueue;
}

/** What a window that has just opened, or was cut off, has to know to catch up. */
export function greeting(services: ShownServices): OutgoingEvent[] {
  const { watch, receiver, worklist, removals, backups, sending, imports, exports, runs } = services;
  const told: OutgoingEvent[] = [
    { type: 'hello', version: installation.version },
    { type: 'library', library: watch.state },
  ];
  told.push({ type: 'receiver', receiver: receiver.state });
  told.push({ type: 'background', background: worklist.background.state });
  told.push({ type: 'removals', removals: removals.state() });
  told.push({ type: 'backup', backup: backups.state });
  for (const send of sending.going()) told.push({ type: 'send', send });
  for (const state of imports.running()) told.push({ type: 'import', import: state });
  for (const state of exports.running()) told.push({ type: 'export', export: state });
  for (const { state, traces } of runs.going()) {
    told.push({ type: 'run', run: state });
    const { sopInstanceUid } = state;
    for (const [structure, found] of traces) {
      for (const [frame, trace] of found)
        told.push({ type: 'trace', sopInstanceUid, structure, frame, trace });
    }
  }
  return told;
}
