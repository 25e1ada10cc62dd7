import { message, type Message } from '../language/message.ts';
import type { Finding } from './finding.ts';

/** A finding at a glance, in at most eight words; its message says the rest. */
export const shortWords = ({ code }: Pick<Finding, 'code'>): Message => message(`finding.${code}.short`);
