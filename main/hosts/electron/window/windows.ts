import { join } from 'node:path';
import { app, BrowserWindow, screen, type Menu } from 'electron';
import type { Listing } from '../../../../core/api/listing.ts';
import { channels } from '../ipc/channels.ts';
import { CommandOutbox } from '../ipc/command-outbox.ts';
import type { DialogGate } from '../ipc/dialog-gate.ts';
import type { DesktopCommand } from '../preload/api.ts';
import { createWindow, stateOf } from './create-window.ts';
import { watchInput } from './watch-input.ts';
import { WindowStateFile } from './window-state-file.ts';
import { besideState, initialState, type WindowState } from './window-state.ts';

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
  /** Writes down where the window is, and whether it is open. */
  keep: ((open: boolean) => void) | null = null;
  readonly file: WindowStateFile;

  constructor(folder: string, kind: WindowKind) {
    this.file = new WindowStateFile(join(folder, kinds[kind].stateFile));
  }
}

/** The windows that are open, and what they tell each other: every one of them at most once. */
export class Windows {
  readonly #places: Readonly<Record<WindowKind, Place>>;
  readonly #options: ConstructorParameters<typeof Windows>[0];
  #studyShown: string | null = null;
  /** Windows that close now are open again at the next start. */
  #isEnding = false;

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
    const { stateFolder } = options;
    this.#places = {
      pictures: new Place(stateFolder, 'pictures'),
      worklist: new Place(stateFolder, 'worklist'),
    };
    app.on('before-quit', () => (this.#isEnding = true));
  }

  /** Opens the window with the pictures, and beside it the worklist's where it was open at the end. */
  openAtStart(): void {
    const { pictures, worklist } = this.#places;
    const window = this.#open('pictures', pictures.file.read() ?? initialState, () =>
      this.#options.onShown(),
    );
    // As when it is the only one: with it the application ends.
    window.once('closed', () => {
      this.#isEnding = true;
      worklist.window?.close();
    });
    const before = worklist.file.read();
    // On the display that it was on, also where that is the other's.
    if (before?.open === true) this.#open('worklist', before, () => undefined, false);
  }

  /** Opens the worklist's window, on another display than the pictures where there is one; or brings it to the front. */
  openWorklist(): void {
    const { worklist, pictures } = this.#places;
    if (worklist.window !== null) {
      bringToFront(worklist.window);
      return;
    }
    const before = worklist.file.read();
    const first = pictures.window?.getBounds();
    const state = first === undefined ? before : besideState(before, first, workAreas());
    this.#open('worklist', state ?? initialState, () => undefined);
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
    this.#isEnding = true;
    for (const { window, keep } of Object.values(this.#places)) {
      keep?.(true);
      window?.destroy();
    }
  }

  /** Resolves when it is on disk where the windows were. */
  async stateWritten(): Promise<void> {
    for (const { file } of Object.values(this.#places)) await file.written();
  }

  #tellShown(): void {
    this.#places.worklist.outbox.send({ command: 'study-shown', study: this.#studyShown });
  }

  #kindOf(window: BrowserWindow): WindowKind | null {
    if (window === this.#places.pictures.window) return 'pictures';
    return window === this.#places.worklist.window ? 'worklist' : null;
  }

  #open(kind: WindowKind, state: WindowState, onShown: () => void, takesFocus = true): BrowserWindow {
    const { preload, development, gate, menuBar, onUnusable } = this.#options;
    const place = this.#places[kind];
    const window = createWindow({
      preload,
      address: kinds[kind].address,
      state,
      displays: workAreas(),
      takesFocus,
      development,
      onShown: () => {
        // Also for a start after an end that lets nothing be written.
        keep(true);
        onShown();
      },
      onPageGone: () => place.outbox.gone(),
      onUnusable: (wasShown, again) => onUnusable(kind, window, wasShown, again),
    });
    let last = state;
    const keep = (open: boolean): void => {
      if (!window.isDestroyed()) last = stateOf(window);
      place.file.write({ ...last, open });
    };
    place.window = window;
    place.keep = keep;
    window.on('close', () => keep(true));
    // A page that is not left yet keeps the application.
    window.webContents.on('will-prevent-unload', () => (this.#isEnding = false));
    place.watchMenu = watchInput(window.webContents, gate);
    place.watchMenu(menuBar());
    window.once('closed', () => {
      keep(this.#isEnding);
      place.window = null;
      place.keep = null;
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
