import { z } from 'zod';
import type { Message, MessageValue } from './message-value.ts';

const value: z.ZodType<MessageValue> = z.lazy(() =>
  z.union([z.string(), z.number(), messageSchema, z.array(z.union([z.string(), messageSchema]))]),
);

/** A message on its way between processes. */
export const messageSchema: z.ZodType<Message> = z.object({
  id: z.string(),
  values: z.record(z.string(), value),
});
