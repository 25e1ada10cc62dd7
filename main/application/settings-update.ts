import { isDeepStrictEqual } from 'node:util';
import { acceptedSettings, type SettingsChange } from '../../core/settings/settings-change.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { FrameDecoder } from '../dicom/frame-decoder.ts';
import type { Library } from '../library/library.ts';
import type { ApplicationAudit } from './application-audit.ts';
import { logDefect } from './defect-log.ts';
import type { EventHub } from './event-hub.ts';
import type { Receiver } from './receiver.ts';
import type { WorklistWatch } from './worklist-watch.ts';

/** What rests on the settings while it runs. */
export interface SetServices {
  readonly library: Library;
  readonly audit: ApplicationAudit;
  readonly receiver: Receiver;
  readonly decoder: FrameDecoder;
  readonly worklist: WorklistWatch;
  readonly events: EventHub;
}

/** Keeps a change of the settings, and brings what is running into line with them. */
export function updateSettings(services: SetServices, change: SettingsChange): Settings {
  const { library, audit, receiver, decoder, worklist, events } = services;
  const before = library.settings();
  audit.recordNetwork(before, acceptedSettings(before, change));
  const settings = library.updateSettings(change);
  if (!isDeepStrictEqual(settings.receiver, before.receiver))
    void receiver.apply(settings.receiver).catch(logDefect);
  if (settings.frameCacheMiB !== before.frameCacheMiB) decoder.setCacheMiB(settings.frameCacheMiB);
  worklist.noteSettings(before, settings);
  events.send({ type: 'settings', settings });
  return settings;
}
