import type { MessageId } from '../../core/language/message.ts';

/** What was done to a contour, as the message that the history will have of it, on which frame. */
export type EditStep = Extract<MessageId, `edit.step.${string}`>;
