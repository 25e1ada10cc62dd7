import { statuses } from './statuses.ts';
import type { StoreAnswer } from './store-provider.ts';

/** Why an object was not taken, by the code of the refusal (PS3.4 table B.2-1): room, class, or the object itself. */
const statusOf: Readonly<Record<string, number>> = {
  'disk-full': statuses.outOfResources,
  'too-large': statuses.outOfResources,
  'library-damaged': statuses.outOfResources,
  'library-locked': statuses.outOfResources,
  cancelled: statuses.outOfResources,
  'unsupported-sop-class': statuses.sopClassNotSupported,
  'duplicate-instance': statuses.duplicateInstance,
  'not-dicom': statuses.cannotUnderstand,
  'empty-file': statuses.cannotUnderstand,
  truncated: statuses.cannotUnderstand,
  malformed: statuses.cannotUnderstand,
  'unsupported-transfer-syntax': statuses.cannotUnderstand,
  'unsupported-pixel-format': statuses.cannotUnderstand,
  'missing-pixel-data': statuses.cannotUnderstand,
  'impossible-size': statuses.cannotUnderstand,
  'decode-failed': statuses.cannotUnderstand,
};

/** The answer to an object that was not taken. Its reason is in the audit log; a comment holds its first words. */
export const refusalAnswer = ({
  code,
  reason,
}: {
  readonly code: string;
  readonly reason: string;
}): StoreAnswer => ({ status: statusOf[code] ?? statuses.processingFailure, comment: reason });
