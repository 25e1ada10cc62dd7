/** Everything a key can do: words for the list of keys, the key it has unless the user chose another. */
export const actions = [
  { id: 'play', group: 'Playback', words: 'Play or pause', key: 'Space' },
  {
    id: 'previous-frame',
    group: 'Playback',
    words: 'Frame back (with a point selected: nudge it)',
    key: 'ArrowLeft',
  },
  {
    id: 'next-frame',
    group: 'Playback',
    words: 'Frame forward (with a point selected: nudge it)',
    key: 'ArrowRight',
  },
  { id: 'faster', group: 'Playback', words: 'Faster', key: 'ArrowUp' },
  { id: 'slower', group: 'Playback', words: 'Slower', key: 'ArrowDown' },
  { id: 'to-ed', group: 'Playback', words: 'Go to ED of the beat', key: 'Home' },
  { id: 'to-es', group: 'Playback', words: 'Go to ES of the beat', key: 'End' },
  { id: 'previous-beat', group: 'Playback', words: 'Previous beat', key: '[' },
  { id: 'next-beat', group: 'Playback', words: 'Next beat', key: ']' },
  { id: 'mark-ed', group: 'Playback', words: 'Make this frame ED', key: 'Shift+D' },
  { id: 'mark-es', group: 'Playback', words: 'Make this frame ES', key: 'Shift+S' },
  { id: 'add-beat', group: 'Playback', words: 'Add a beat (ED and ES) at this frame', key: 'B' },
  {
    id: 'remove-beat',
    group: 'Playback',
    words: 'Remove the beat (or Delete on its ED or ES)',
    key: 'Shift+B',
  },
  {
    id: 'exclude-beat',
    group: 'Playback',
    words: 'Exclude the beat from the mean, or count it again',
    key: 'E',
  },
  { id: 'view-a4c', group: 'Clip', words: 'View is A4C', key: '4' },
  { id: 'view-a2c', group: 'Clip', words: 'View is A2C', key: '2' },
  { id: 'view-a3c', group: 'Clip', words: 'View is A3C', key: '3' },
  { id: 'view-other', group: 'Clip', words: 'View is not apical', key: '0' },
  { id: 'next-clip', group: 'Clip', words: 'Next clip', key: 'PageDown' },
  { id: 'previous-clip', group: 'Clip', words: 'Previous clip', key: 'PageUp' },
  { id: 'other-clip', group: 'Clip', words: 'Other clip on screen', key: 'X' },
  { id: 'enlarge', group: 'Clip', words: 'Enlarge the picture', key: 'Z' },
  { id: 'zoom-in', group: 'Picture', words: 'Zoom in (or the wheel, at the pointer)', key: '+' },
  { id: 'zoom-out', group: 'Picture', words: 'Zoom out, to the whole frame', key: '-' },
  {
    id: 'fit',
    group: 'Picture',
    words: 'Fit the sector (or double-click beside the contour)',
    key: 'Ctrl+0',
  },
  { id: 'pan', group: 'Picture', words: 'Hold and drag: move the picture (or middle button)', key: 'H' },
  { id: 'levels-1', group: 'Picture', words: 'Brightness as recorded', key: '5' },
  { id: 'levels-2', group: 'Picture', words: 'Brightness for faint walls', key: '6' },
  { id: 'levels-3', group: 'Picture', words: 'Strong contrast', key: '7' },
  { id: 'levels-4', group: 'Picture', words: 'Dim', key: '8' },
  { id: 'contours', group: 'Contour', words: 'Show or hide contours', key: 'C' },
  { id: 'disks', group: 'Contour', words: 'Show or hide disks', key: 'D' },
  { id: 'previous-point', group: 'Contour', words: 'Select the previous point', key: ',' },
  { id: 'next-point', group: 'Contour', words: 'Select the next point', key: '.' },
  { id: 'delete', group: 'Contour', words: 'Delete the selected point', key: 'Delete' },
  {
    id: 'back-to-model',
    group: 'Contour',
    words: 'Back to the model’s contour on this frame',
    key: 'Shift+Delete',
  },
  {
    id: 'clip-back-to-model',
    group: 'Contour',
    words: 'Back to the model’s contours in this clip',
    key: 'Ctrl+Shift+Delete',
  },
  {
    id: 'propagate',
    group: 'Contour',
    words: 'Carry corrections over the frames around them (Enter keeps, Escape drops)',
    key: 'P',
  },
  { id: 'redraw', group: 'Contour', words: 'Redraw a part by drawing over it', key: 'R' },
  { id: 'draw', group: 'Contour', words: 'Draw the contour by hand', key: 'N' },
  { id: 'ruler', group: 'Contour', words: 'Ruler on the depth scale', key: 'M' },
  { id: 'cancel', group: 'Contour', words: 'Cancel the gesture, leave the tool', key: 'Escape' },
  { id: 'next-study', group: 'Study', words: 'Next study', key: 'J' },
  { id: 'previous-study', group: 'Study', words: 'Previous study', key: 'K' },
  { id: 'undo', group: 'Study', words: 'Undo', key: 'Ctrl+Z' },
  { id: 'redo', group: 'Study', words: 'Redo', key: 'Ctrl+Shift+Z' },
  { id: 'accept', group: 'Study', words: 'Accept the result', key: 'Enter' },
  { id: 'reject', group: 'Study', words: 'Reject the result', key: 'Backspace' },
  { id: 'report', group: 'Study', words: 'Export the report', key: 'Ctrl+E' },
  { id: 'open', group: 'Window', words: 'Open files', key: 'Ctrl+O' },
  { id: 'open-folder', group: 'Window', words: 'Open a folder', key: 'Ctrl+Shift+O' },
  { id: 'search', group: 'Window', words: 'Search the studies', key: 'Ctrl+F' },
  { id: 'full-screen', group: 'Window', words: 'Full screen', key: 'F' },
  { id: 'next-part', group: 'Window', words: 'Next part of the window', key: 'F6' },
  { id: 'previous-part', group: 'Window', words: 'Previous part of the window', key: 'Shift+F6' },
  { id: 'keys', group: 'Window', words: 'This list (also F1)', key: '?' },
] as const satisfies readonly { id: string; group: string; words: string; key: string }[];

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

export const wordsOf = (id: ActionId): string => actions.find((action) => action.id === id)?.words ?? id;

/** The choices with a key given to an action; an action that had the key gets the other's old one. */
export function withKey(id: ActionId, key: string, choices: KeyChoices): KeyChoices {
  const holder = keyHolder(id, key, choices);
  const changed: Record<string, string | number | boolean> = { ...choices, [settingOf(id)]: key };
  if (holder) changed[settingOf(holder)] = keyOf(id, choices);
  return changed;
}

export function withoutKeys(choices: KeyChoices): KeyChoices {
  return Object.fromEntries(Object.entries(choices).filter(([name]) => !name.startsWith('key.')));
}
