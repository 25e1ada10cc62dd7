import { isOwn, origin } from '../scheme.ts';

/**
 * Whether the session may load a URL. Everything but our own scheme is refused: no study, and no sign that one was
 * opened, leaves the computer.
 * @param development lets the developer tools load their own pages
 */
export function mayLoad(url: string, development: boolean): boolean {
  if (isOwn(url) || url.startsWith(`blob:${origin}/`) || url.startsWith('data:')) return true;
  return development && url.startsWith('devtools://');
}

/** Whether the window may navigate to a URL: only to the page it is. */
export function mayNavigate(url: string): boolean {
  return isOwn(url) && ['/', '/index.html'].includes(new URL(url).pathname);
}

/** The parts of an IPC sender that say who it is. */
export interface Sender {
  /** URL of the frame that sent it; null when the frame is gone. */
  readonly url: string | null;
  readonly isMainFrame: boolean;
}

/** Only the top frame of our own page is answered. */
export function isTrusted(sender: Sender): boolean {
  return sender.isMainFrame && sender.url !== null && mayNavigate(sender.url);
}
