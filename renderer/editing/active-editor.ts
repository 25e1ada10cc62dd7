import type { PictureId } from '../state/workspace.svelte.ts';
import type { PictureEditor } from './picture-editor.svelte.ts';

const editors = new Map<string, PictureEditor>();

const keyOf = ({ sopInstanceUid, kind }: PictureId) => `${kind}/${sopInstanceUid}`;

/** Makes a picture's editor reachable for the keyboard; returns a function that takes it away. */
export function registerEditor(picture: PictureId, editor: PictureEditor): () => void {
  const key = keyOf(picture);
  editors.set(key, editor);
  return () => {
    if (editors.get(key) === editor) editors.delete(key);
  };
}

/** The editor of the picture that keys act on. */
export const editorOf = (picture: PictureId | null): PictureEditor | null =>
  picture ? (editors.get(keyOf(picture)) ?? null) : null;
