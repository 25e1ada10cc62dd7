import type { DesktopCommand } from '../preload/api.ts';

/**
 * Commands on their way to the page. What must not be lost (files to import, words for the reader, the study chosen last elsewhere) waits until the
 * page listens: before the window is there, while it loads, and after it died. A key or a menu entry counts only
 * for the page that was there when it was pressed.
 */
export class CommandOutbox {
  #deliver: ((command: DesktopCommand) => void) | null = null;
  #waiting: DesktopCommand[] = [];

  send(command: DesktopCommand): void {
    if (this.#deliver !== null) this.#deliver(command);
    else if (command.command === 'import' || command.command === 'tell') this.#waiting.push(command);
    else if (command.command === 'open-study') {
      this.#waiting = [...this.#waiting.filter((other) => other.command !== 'open-study'), command];
    }
  }

  /** The page listens from now on. */
  listening(deliver: (command: DesktopCommand) => void): void {
    this.#deliver = deliver;
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach(deliver);
  }

  /** The page is gone, or another one is being loaded. */
  gone(): void {
    this.#deliver = null;
  }
}
