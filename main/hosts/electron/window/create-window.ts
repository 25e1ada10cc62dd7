import { BrowserWindow } from 'electron';
import { origin } from '../scheme.ts';
import { ReloadLimit } from './reload-limit.ts';
import { fittedState, minimumSize } from './window-state.ts';
import type { Bounds, WindowState } from './window-state.ts';

/** How long after its process died a page is drawn anew, ms. */
const reloadAfterMs = 500;

/**
 * Opens a window.
 * @param address of its page, after the origin
 * @param state where it goes, fitted to the displays
 * @param displays work areas of the displays there are
 * @param takesFocus whether the keys are its own from the beginning
 * @param onShown called when the page is drawn
 * @param onPageGone called when the page's process ended: its commands have nobody to go to
 * @param onUnusable called when that process dies again and again, with whether it was ever shown and how to try again
 */
export function createWindow(options: {
  readonly preload: string;
  readonly address: string;
  readonly state: WindowState;
  readonly displays: readonly Bounds[];
  readonly takesFocus: boolean;
  readonly development: boolean;
  onShown(): void;
  onPageGone(): void;
  onUnusable(shown: boolean, again: () => void): void;
}): BrowserWindow {
  const state = fittedState(options.state, options.displays);
  const window = new BrowserWindow({
    width: state.width,
    height: state.height,
    ...(state.x === undefined || state.y === undefined ? {} : { x: state.x, y: state.y }),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    show: false,
    backgroundColor: '#0b0b0c',
    title: 'Systola',
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      devTools: options.development,
      // The spelling checker fetches its dictionaries from the network.
      spellcheck: false,
      // A loop keeps its time while another window is in front.
      backgroundThrottling: false,
    },
  });
  if (state.maximised) window.maximize();
  let shown = false;
  window.once('ready-to-show', () => {
    shown = true;
    if (options.takesFocus) window.show();
    else window.showInactive();
    options.onShown();
  });
  // Everything lives in the main process; a page that died is simply drawn again.
  const limit = new ReloadLimit();
  window.webContents.on('render-process-gone', (_event, details) => {
    options.onPageGone();
    if (details.reason === 'clean-exit' || window.isDestroyed()) return;
    const again = (): void => {
      if (!window.isDestroyed()) window.webContents.reload();
    };
    if (limit.mayReload(performance.now())) {
      // Not at once: Chromium is still clearing up, and a signal to the whole group may be on its way to us.
      setTimeout(again, reloadAfterMs);
      return;
    }
    options.onUnusable(shown, () => {
      limit.forgive();
      again();
    });
  });
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) options.onPageGone();
  });
  void window.loadURL(`${origin}/${options.address}`);
  return window;
}

/** Where a window is now. */
export function stateOf(window: BrowserWindow): WindowState {
  const { x, y, width, height } = window.getNormalBounds();
  return { x, y, width, height, maximised: window.isMaximized() };
}
