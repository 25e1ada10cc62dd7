/* Written from en.json by main/language/write-message-values.ts. */
import type { MessageValue } from './message-value.ts';

/** What each message wants to be given; null where it is complete as it stands. */
export interface MessageValues {
  'frames.named': { readonly count: number; readonly frames: MessageValue };
  'notice.research-use': null;
  'run.cancelled': { readonly done: MessageValue; readonly total: MessageValue };
  'run.failed': { readonly reason: MessageValue };
  'run.failed-for-no-reason': null;
  'run.finished': { readonly done: MessageValue; readonly total: MessageValue };
  'run.loading-model': null;
  'run.queued': null;
  'run.running': { readonly done: MessageValue; readonly total: MessageValue };
  'run.running-time-left': {
    readonly done: MessageValue;
    readonly seconds: number;
    readonly total: MessageValue;
  };
}
