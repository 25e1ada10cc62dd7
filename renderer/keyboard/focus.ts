import { workspace } from '../state/workspace.svelte.ts';
import { isText } from './key-name.ts';

/*
 * Whose a key is. The window's keys (Space, Enter, arrows, …) act on the loops, so a press of the mouse on a button, a
 * list or a marker gives the focus back to the active picture when it is over: the next Space plays, the next Enter
 * accepts. A control that was reached by keyboard keeps the focus, shows its ring, and has the keys that every page
 * gives it: Space and Enter press a button, arrows move a slider. Text that is being typed has all keys.
 */

/** The element that the mouse put the focus on; null when the focus came by keyboard or by the window itself. */
let byPointer: Element | null = null;
let pressed = false;
/** Where the last key was pressed; null after the mouse was. */
let keyed: EventTarget | null = null;

const isOpenSelect = (element: Element) => element.matches('select') && element.matches(':open');

/** Focus on the picture that keys act on, without scrolling; on the list that lies over it; on nothing where there is neither. */
export function focusPicture(): void {
  const list = document.querySelector<HTMLElement>('[data-has-keys]');
  if (list) return list.focus({ preventScroll: true });
  const { active } = workspace;
  const one =
    active &&
    document.querySelector<HTMLElement>(
      `[data-picture="${active.kind}"][data-clip="${CSS.escape(active.sopInstanceUid)}"]`,
    );
  const picture = one ?? document.querySelector<HTMLElement>('[data-picture]');
  if (picture) picture.focus({ preventScroll: true });
  else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** True for a control that the mouse, not the keyboard, put the focus on. */
export const focusedByPointer = (element: Element | null): boolean =>
  element !== null && element === byPointer;

/** After a press of the mouse: back to the picture, unless text is typed, a list, a menu or a dialog is open. */
function giveBack(): void {
  const element = document.activeElement;
  if (!element || element === document.body) {
    if (!document.querySelector('dialog[open]')) focusPicture();
    return;
  }
  if (element.closest('dialog,[role=menu]') || isText(element)) return;
  if (element.matches('select, [data-picture]')) return;
  focusPicture();
}

const sliderKeys: ReadonlySet<string> = new Set([
  ...['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
  ...['Home', 'End', 'PageUp', 'PageDown'],
]);

/** True where the focused element, and not the window, has a key. */
export function belongsToControl(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (!target || target === document.body) return false;
  if (target.closest('dialog,[role=menu]')) return true;
  if (isText(target)) return event.key !== 'F6';
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (target.matches('select')) {
    // A closed list that was chosen from with the mouse has done its work; the arrow keys must not go on choosing.
    if (focusedByPointer(target) && !isOpenSelect(target)) return false;
    return plain && event.key !== 'F6' && event.key !== 'Escape';
  }
  if (focusedByPointer(target)) return false;
  if (!plain) return false;
  if (target.matches('input[type=range]') && sliderKeys.has(event.key)) return true;
  const pressable = target.matches('button, summary, a, input, [role=radio]');
  return pressable && (event.key === 'Enter' || event.key === ' ');
}

/** Follows where the focus comes from; returns a function that stops it. */
export function watchFocus(): () => void {
  const abort = new AbortController();
  const on = <Name extends keyof WindowEventMap>(
    name: Name,
    listener: (event: WindowEventMap[Name]) => void,
    capture = false,
  ) => window.addEventListener(name, listener, { capture, signal: abort.signal });
  const press = (event: Event) => {
    pressed = event.type === 'pointerdown';
    keyed = pressed ? null : event.target;
  };
  on('pointerdown', press, true);
  on('keydown', press, true);
  on(
    'focusin',
    (event) => (byPointer = pressed && event.target instanceof Element ? event.target : null),
    true,
  );
  // The focus is given back when the press is over, wherever the pointer is let go, and again when what it did is done.
  on('pointerup', () => queueMicrotask(giveBack));
  on('click', (event) => event.detail > 0 && queueMicrotask(giveBack));
  on('change', (event) => {
    const list = event.target instanceof HTMLSelectElement ? event.target : null;
    if (list && list !== keyed && !list.closest('dialog')) focusPicture();
  });
  return () => abort.abort();
}

/** Parts of the window in the order of F6: each is entered at its first control. */
const regions = [
  'pictures',
  'tools',
  'curve',
  'numbers',
  'decision',
  'messages',
  'window',
  'studies',
  'worklist',
  'clips',
] as const;
export type Region = (typeof regions)[number];

const focusable =
  'button:not(:disabled, [tabindex="-1"]), select:not(:disabled), input:not(:disabled), summary, [tabindex="0"]';

/** Goes to the next or the previous part of the window that holds a control. */
export function toRegion(by: 1 | -1): void {
  const current = document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
  const start = current === undefined ? (by > 0 ? -1 : 0) : regions.indexOf(current as Region);
  for (let step = 1; step <= regions.length; step += 1) {
    const region = regions[(start + by * step + 2 * regions.length) % regions.length] ?? 'pictures';
    if (region === 'pictures' && document.querySelector('[data-picture]')) return focusPicture();
    const found = [...document.querySelectorAll<HTMLElement>(`[data-region="${region}"]`)]
      .flatMap((part) => [...part.querySelectorAll<HTMLElement>(focusable)])
      .find(
        (element) =>
          element.checkVisibility() &&
          element.closest('[data-region]')?.getAttribute('data-region') === region,
      );
    if (found) return found.focus();
  }
}
