import { join } from 'node:path';
import { BrowserWindow, screen, type Menu } from 'electron';
import type { Listing } from '../../../../core/api/listing.ts';
import { channels } from '../ipc/channels.ts';
import { CommandOutbox } from '../ipc/command-outbox.ts';
import type { DialogGate } from '../ipc/dialog-gate.ts';
import type { DesktopCommand } from '../preload/api.ts';
import { createWindow } from './create-window.ts';
import { watchInput } from './watch-input.ts';
import { besideState, initialState, readWindowState } from './window-state.ts';

/** The one with the pictures is the application's; the one with the worklist alone may be opened beside it. */
export type WindowKind = 'pictures' | 'worklist';

/** Address of a window's page after the origin, and the file that says where the window was. */
const kinds = {
  pictures: { address: 'index.html', stateFile: 'window.json' },
  worklist: { address: 'index.html?window=worklist', stateFile: 'window-worklist.json' },
} as const;

/** One window of a kind, or none: commands may be on their way to it before it is there. */
class Place {
  window: BrowserWindow | null = null;
  readonly outbox = new CommandOutbox();
  watchMenu: ((menu: Menu | null) => void) | null = null;
}

/** The windows that are open, and what they tell each other: every one of them at most once. */
export class Windows {
  readonly #places: Readonly<Record<WindowKind, Place>> = { pictures: new Place(), worklist: new Place() };
  readonly #options: ConstructorParameters<typeof Windows>[0];
  #studyShown: string | null = null;

  /**
   * @param options.stateFolder where it is written down where the windows were
   * @param options.menuBar of the windows now; null where the system has it elsewhere
   * @param options.onShown called when the window with the pictures is drawn
   * @param options.onUnusable called when the process of a window's page dies again and again
   */
  constructor(options: {
    readonly preload: string;
    readonly stateFolder: string;
    readonly development: boolean;
    readonly gate: DialogGate;
    menuBar(): Menu | null;
    onShown(): void;
    onUnusable(kind: WindowKind, window: BrowserWindow, wasShown: boolean, again: () => void): void;
  }) {
    this.#options = options;
  }

  openPictures(): void {
    const window = this.#open('pictures', () => this.#options.onShown());
    // As when it is the only one: with it the application ends.
    window.once('closed', () => this.#places.worklist.window?.close());
  }

  /** Opens the worklist's window, on another display than the pictures where there is one; or brings it to the front. */
  openWorklist(): void {
    const { window } = this.#places.worklist;
    if (window === null) this.#open('worklist', () => undefined);
    else bringToFront(window);
  }

  /** Brings the window with the pictures to the front. */
  toFront(): void {
    const { window } = this.#places.pictures;
    if (window !== null) bringToFront(window);
  }

  /** Sends a command to the window with the pictures, also before it is open. */
  send(command: DesktopCommand): void {
    this.#places.pictures.outbox.send(command);
  }

  /** Sends a command of the menu to the window that has the focus. */
  sendToFocused(command: DesktopCommand): void {
    const focused = BrowserWindow.getFocusedWindow();
    const { pictures, worklist } = this.#places;
    (focused !== null && focused === worklist.window ? worklist : pictures).outbox.send(command);
  }

  /** The page of a window takes commands from now on. */
  listening(window: BrowserWindow): void {
    const kind = this.#kindOf(window);
    if (kind === null) return;
    this.#places[kind].outbox.listening((command) => {
      if (!window.isDestroyed()) window.webContents.send(channels.command, command);
    });
    if (kind === 'worklist') this.#tellShown();
  }

  /** A study was chosen in the worklist's window. */
  openStudy(from: BrowserWindow, study: string, listing: Listing): void {
    if (this.#kindOf(from) !== 'worklist') return;
    this.send({ command: 'open-study', study, listing });
    this.toFront();
  }

  /** The window with the pictures shows another study. */
  studyShown(by: BrowserWindow, study: string | null): void {
    if (this.#kindOf(by) !== 'pictures') return;
    this.#studyShown = study;
    this.#tellShown();
  }

  /** The menu bar is another one. */
  showMenuBar(): void {
    for (const { watchMenu } of Object.values(this.#places)) watchMenu?.(this.#options.menuBar());
  }

  /** Takes the windows away without asking their pages, which may be gone already. */
  destroy(): void {
    for (const { window } of Object.values(this.#places)) window?.destroy();
  }

  #tellShown(): void {
    this.#places.worklist.outbox.send({ command: 'study-shown', study: this.#studyShown });
  }

  #kindOf(window: BrowserWindow): WindowKind | null {
    if (window === this.#places.pictures.window) return 'pictures';
    return window === this.#places.worklist.window ? 'worklist' : null;
  }

  #open(kind: WindowKind, onShown: () => void): BrowserWindow {
    const { preload, stateFolder, development, gate, menuBar, onUnusable } = this.#options;
    const { address, stateFile } = kinds[kind];
    const place = this.#places[kind];
    const path = join(stateFolder, stateFile);
    const saved = readWindowState(path);
    const first = this.#places.pictures.window;
    const window = createWindow({
      preload,
      address,
      state:
        kind === 'worklist' && first
          ? besideState(saved, first.getBounds(), workAreas())
          : (saved ?? initialState),
      displays: workAreas(),
      stateFile: path,
      development,
      onShown,
      onPageGone: () => place.outbox.gone(),
      onUnusable: (wasShown, again) => onUnusable(kind, window, wasShown, again),
    });
    place.window = window;
    place.watchMenu = watchInput(window.webContents, gate);
    place.watchMenu(menuBar());
    window.once('closed', () => {
      place.window = null;
      place.watchMenu = null;
      place.outbox.gone();
    });
    return window;
  }
}

const workAreas = () => screen.getAllDisplays().map(({ workArea }) => workArea);

function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.focus();
}
