import type { PictureId } from '../state/workspace.svelte.ts';
import type { PictureHand } from '../viewing/picture-hand.svelte.ts';
import type { PictureEditor } from './picture-editor.svelte.ts';

interface Reachable {
  /** null for a picture that is only looked at. */
  readonly editor: PictureEditor | null;
  readonly hand: PictureHand;
}

const pictures = new Map<string, Reachable>();

const keyOf = ({ sopInstanceUid, kind }: PictureId) => `${kind}/${sopInstanceUid}`;

/** Makes a picture's editor and hand reachable for the keyboard; returns a function that takes them away. */
export function registerPicture(picture: PictureId, reachable: Reachable): () => void {
  const key = keyOf(picture);
  pictures.set(key, reachable);
  return () => {
    if (pictures.get(key) === reachable) pictures.delete(key);
  };
}

/** The editor of the picture that keys act on. */
export const editorOf = (picture: PictureId | null): PictureEditor | null =>
  picture ? (pictures.get(keyOf(picture))?.editor ?? null) : null;

/** What moves and brightens the picture that keys act on. */
export const handOf = (picture: PictureId | null): PictureHand | null =>
  picture ? (pictures.get(keyOf(picture))?.hand ?? null) : null;
