/** Everything a key can do, the key it has unless the user chose another; its words are `keys.action.…`. */
export const actions = [
  { id: 'play', group: 'playback', key: 'Space' },
  { id: 'previous-frame', group: 'playback', key: 'ArrowLeft' },
  { id: 'next-frame', group: 'playback', key: 'ArrowRight' },
  { id: 'faster', group: 'playback', key: 'ArrowUp' },
  { id: 'slower', group: 'playback', key: 'ArrowDown' },
  { id: 'to-ed', group: 'playback', key: 'Home' },
  { id: 'to-es', group: 'playback', key: 'End' },
  { id: 'previous-beat', group: 'playback', key: '[' },
  { id: 'next-beat', group: 'playback', key: ']' },
  { id: 'mark-ed', group: 'playback', key: 'Shift+D' },
  { id: 'mark-es', group: 'playback', key: 'Shift+S' },
  { id: 'add-beat', group: 'playback', key: 'B' },
  { id: 'remove-beat', group: 'playback', key: 'Shift+B' },
  { id: 'exclude-beat', group: 'playback', key: 'E' },
  { id: 'view-a4c', group: 'clip', key: '4' },
  { id: 'view-a2c', group: 'clip', key: '2' },
  { id: 'view-a3c', group: 'clip', key: '3' },
  { id: 'view-other', group: 'clip', key: '0' },
  { id: 'confirm-view', group: 'clip', key: 'Y' },
  { id: 'views', group: 'clip', key: 'V' },
  { id: 'next-clip', group: 'clip', key: 'PageDown' },
  { id: 'previous-clip', group: 'clip', key: 'PageUp' },
  { id: 'other-clip', group: 'clip', key: 'X' },
  { id: 'next-layout', group: 'clip', key: 'L' },
  { id: 'previous-layout', group: 'clip', key: 'Shift+L' },
  { id: 'prior', group: 'clip', key: 'O' },
  { id: 'enlarge', group: 'clip', key: 'Z' },
  { id: 'zoom-in', group: 'picture', key: '+' },
  { id: 'zoom-out', group: 'picture', key: '-' },
  { id: 'fit', group: 'picture', key: 'Ctrl+0' },
  { id: 'pan', group: 'picture', key: 'H' },
  { id: 'levels-1', group: 'picture', key: '5' },
  { id: 'levels-2', group: 'picture', key: '6' },
  { id: 'levels-3', group: 'picture', key: '7' },
  { id: 'levels-4', group: 'picture', key: '8' },
  { id: 'contours', group: 'contour', key: 'C' },
  { id: 'disks', group: 'contour', key: 'D' },
  { id: 'next-structure', group: 'contour', key: 'S' },
  { id: 'show-structure', group: 'contour', key: 'Shift+C' },
  { id: 'previous-point', group: 'contour', key: ',' },
  { id: 'next-point', group: 'contour', key: '.' },
  { id: 'delete', group: 'contour', key: 'Delete' },
  { id: 'back-to-model', group: 'contour', key: 'Shift+Delete' },
  { id: 'clip-back-to-model', group: 'contour', key: 'Ctrl+Shift+Delete' },
  { id: 'propagate', group: 'contour', key: 'P' },
  { id: 'redraw', group: 'contour', key: 'R' },
  { id: 'draw', group: 'contour', key: 'N' },
  { id: 'ruler', group: 'contour', key: 'M' },
  { id: 'caliper', group: 'contour', key: 'Q' },
  { id: 'note', group: 'contour', key: 'T' },
  { id: 'cancel', group: 'contour', key: 'Escape' },
  { id: 'next-study', group: 'study', key: 'J' },
  { id: 'previous-study', group: 'study', key: 'K' },
  { id: 'next-finding', group: 'study', key: 'I' },
  { id: 'undo', group: 'study', key: 'Ctrl+Z' },
  { id: 'redo', group: 'study', key: 'Ctrl+Shift+Z' },
  { id: 'accept', group: 'study', key: 'Enter' },
  { id: 'reject', group: 'study', key: 'Backspace' },
  { id: 'export', group: 'study', key: 'Ctrl+E' },
  { id: 'report', group: 'study', key: 'Ctrl+Shift+E' },
  { id: 'open', group: 'window', key: 'Ctrl+O' },
  { id: 'open-folder', group: 'window', key: 'Ctrl+Shift+O' },
  { id: 'worklist', group: 'window', key: 'W' },
  { id: 'search', group: 'window', key: 'Ctrl+F' },
  { id: 'full-screen', group: 'window', key: 'F' },
  { id: 'next-part', group: 'window', key: 'F6' },
  { id: 'previous-part', group: 'window', key: 'Shift+F6' },
  { id: 'keys', group: 'window', key: '?' },
] as const satisfies readonly { id: string; group: string; key: string }[];

/** Keys that do the same as another, unless the user gave them to something else. Browsers keep Ctrl and digits. */
const alternatives: Readonly<Record<string, ActionId>> = {
  F1: 'keys',
  'Ctrl+1': 'levels-1',
  'Ctrl+2': 'levels-2',
  'Ctrl+3': 'levels-3',
  'Ctrl+4': 'levels-4',
};

export type ActionId = (typeof actions)[number]['id'];

export type KeyChoices = Readonly<Record<string, string | number | boolean>>;

const settingOf = (id: ActionId) => `key.${id}`;

/** The key of an action: the user's choice, remembered with the layout, else the default. */
export function keyOf(id: ActionId, choices: KeyChoices): string {
  const chosen = choices[settingOf(id)];
  return typeof chosen === 'string' ? chosen : (actions.find((action) => action.id === id)?.key ?? '');
}

export function actionFor(key: string, choices: KeyChoices): ActionId | null {
  const found = actions.find((action) => keyOf(action.id, choices) === key)?.id ?? alternatives[key];
  if (found) return found;
  // On most keyboards + is = with Shift.
  return key === '=' ? actionFor('+', choices) : null;
}

/** The action that a key would be taken from if another got it; null where it is free. */
export function keyHolder(id: ActionId, key: string, choices: KeyChoices): ActionId | null {
  const holder = actions.find((action) => action.id !== id && keyOf(action.id, choices) === key);
  return holder?.id ?? null;
}

/** What to remember so that an action has a key; an action that had the key gets the other's old one. */
export function givenKey(id: ActionId, key: string, choices: KeyChoices): Readonly<Record<string, string>> {
  const holder = keyHolder(id, key, choices);
  return {
    [settingOf(id)]: key,
    ...(holder === null ? {} : { [settingOf(holder)]: keyOf(id, choices) }),
  };
}

/** What to forget so that every action has its own key again. */
export function forgottenKeys(choices: KeyChoices): Readonly<Record<string, null>> {
  const names = Object.keys(choices).filter((name) => name.startsWith('key.'));
  return Object.fromEntries(names.map((name) => [name, null]));
}
