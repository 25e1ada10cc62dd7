import type { SystolaEvent } from '../../core/api/events.ts';
import { message } from '../../core/language/message.ts';
import { reasonOf } from '../api/client.ts';
import { followEvents } from '../api/event-stream.ts';
import { care } from '../care/care.svelte.ts';
import { exports } from '../export/exports.svelte.ts';
import { forgetLostPictures } from '../imaging/frame-image.ts';
import { imports } from '../import/imports.svelte.ts';
import { library } from '../state/library.svelte.ts';
import { withSent, type ClipLiveTraces } from '../state/live-traces.ts';
import { report } from '../state/messages.svelte.ts';
import { priors } from '../prior/priors.svelte.ts';
import { sends } from '../network/sends.svelte.ts';
import { session } from '../state/session.svelte.ts';
import { studyOpening } from '../state/study-opening.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { background } from '../worklist/background.svelte.ts';

/** Contours wait for the next animation frame, so that a burst of them is measured and drawn once. */
let arriving = new Map<string, ClipLiveTraces>();
let flushing = false;

function flushTraces(): void {
  if (!flushing) return;
  flushing = false;
  const batch = arriving;
  arriving = new Map();
  for (const [sopInstanceUid, traces] of batch) {
    if (workspace.study?.clip(sopInstanceUid)) workspace.study.receiveTraces(sopInstanceUid, traces);
  }
}

function receive(event: SystolaEvent): void {
  studyOpening.sentTraces.note(event);
  switch (event.type) {
    case 'hello':
    case 'heartbeat':
      return;
    case 'import':
      imports.receive(event.import);
      return;
    case 'export':
      exports.receive(event.export);
      return;
    case 'studies-changed':
      void library.reload();
      // What an import brought may be of the study on screen.
      void studyOpening.takeArrivals();
      priors.reload();
      return;
    case 'study':
      library.receive(event.study);
      return;
    case 'settings':
      session.receive(event.settings);
      return;
    case 'background':
      background.state = event.background;
      return;
    case 'removals':
      care.receive(event.removals);
      return;
    case 'backup':
      care.backup = event.backup;
      return;
    case 'library':
      session.library = event.library;
      return;
    case 'send':
      sends.receive(event.send);
      return;
    case 'receiver':
      sends.receiver = event.receiver;
      return;
    case 'models-changed':
      void session.reloadModels().catch((error: unknown) => report('warning', reasonOf(error)));
      return;
    case 'run':
      // What was found before the run's state changed is shown before: a run that begins anew forgets it.
      flushTraces();
      studyOpening.tellStudy((study) => {
        if (study.clip(event.run.sopInstanceUid)) study.receiveRun(event.run);
      });
      return;
    case 'trace':
      arriving.set(event.sopInstanceUid, withSent(arriving.get(event.sopInstanceUid) ?? {}, event));
      if (!flushing) requestAnimationFrame(flushTraces);
      flushing = true;
      return;
    case 'revision':
      priors.revised(event.studyInstanceUid);
      flushTraces();
      studyOpening.tellStudy((study) => {
        if (study.uid === event.studyInstanceUid)
          study.receiveRevision({ head: event.head, revision: event.revision });
      });
      return;
  }
}

let everConnected = false;

/** Connects the window to the application's event stream for as long as the window lives. */
export function startEvents(signal: AbortSignal): void {
  void followEvents(
    {
      onEvent: receive,
      onConnection(connection) {
        const back = connection === 'open' && session.connection !== 'open';
        session.connection = connection;
        // What came before the window heard anything.
        if (connection === 'open' && !everConnected) void studyOpening.takeArrivals();
        if (back && everConnected) {
          forgetLostPictures();
          session.returns += 1;
          void library.reload();
          priors.reload();
          void imports.catchUp();
          void exports.catchUp();
          void sends.catchUp();
          void session.reloadModels().catch((error: unknown) => report('warning', reasonOf(error)));
          void workspace.study?.reload().catch((error: unknown) => report('warning', reasonOf(error)));
        }
        everConnected ||= connection === 'open';
      },
      onUnreadable: () => report('warning', message('app.event-unreadable')),
    },
    signal,
  );
}
