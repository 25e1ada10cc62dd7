export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window was. Without x and y the system places it. */
export interface WindowState {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly maximised: boolean;
}

type Placed = Omit<WindowState, 'maximised'>;

export const minimumSize = { width: 1024, height: 640 } as const;
export const initialState: WindowState = { width: 1440, height: 900, maximised: false };

/** How much of a window's top has to be inside a display: by less it cannot be taken hold of. */
const heldPx = 40;

/**
 * The saved state, fitted to the displays there are now: a monitor that was unplugged must not keep the window, nor one
 * that is arranged otherwise its title bar.
 * @param displays work areas in the same coordinates as the state
 */
export function fittedState(saved: WindowState, displays: readonly Bounds[]): WindowState {
  const display = displays.find((area) => visibleArea(saved, area) >= 0.25 * saved.width * saved.height);
  const room = display ?? displays[0];
  const width = room ? Math.min(Math.max(saved.width, minimumSize.width), room.width) : saved.width;
  const height = room ? Math.min(Math.max(saved.height, minimumSize.height), room.height) : saved.height;
  const { maximised } = saved;
  if (display === undefined || saved.x === undefined || saved.y === undefined)
    return { width, height, maximised };
  const lowest = display.y + display.height - heldPx;
  return { x: saved.x, y: Math.min(Math.max(saved.y, display.y), lowest), width, height, maximised };
}

/**
 * Where the second window goes: where it was, unless that is the display of the first one and there is another, which
 * it fills then.
 * @param saved null where it was never open
 * @param first where the first window is
 */
export function besideState(
  saved: WindowState | null,
  first: Bounds,
  displays: readonly Bounds[],
): WindowState {
  const displayOf = (bounds: Placed): Bounds | undefined =>
    displays.toSorted((a, b) => visibleArea(bounds, b) - visibleArea(bounds, a))[0];
  const occupied = displayOf(first);
  const free = displays.find((display) => display !== occupied);
  if (free === undefined) return saved ?? initialState;
  const isElsewhere = (state: WindowState): boolean => {
    const display = displayOf(state);
    return display !== undefined && display !== occupied && visibleArea(state, display) > 0;
  };
  if (saved !== null && isElsewhere(saved)) return saved;
  return { ...initialState, x: free.x, y: free.y, maximised: true };
}

function visibleArea(state: Placed, area: Bounds): number {
  if (state.x === undefined || state.y === undefined) return 0;
  const width = Math.min(state.x + state.width, area.x + area.width) - Math.max(state.x, area.x);
  const height = Math.min(state.y + state.height, area.y + area.height) - Math.max(state.y, area.y);
  return Math.max(0, width) * Math.max(0, height);
}
