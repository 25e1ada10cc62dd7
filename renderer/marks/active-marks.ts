import type { PictureId } from '../state/workspace.svelte.ts';
import type { MarkEditor } from './mark-editor.svelte.ts';

const editors = new Map<string, MarkEditor>();

const keyOf = ({ sopInstanceUid, kind }: PictureId) => `${kind}/${sopInstanceUid}`;

/** Makes the marks of a picture reachable for the keyboard; returns a function that takes them away. */
export function registerMarks(picture: PictureId, editor: MarkEditor): () => void {
  const key = keyOf(picture);
  editors.set(key, editor);
  return () => {
    if (editors.get(key) === editor) editors.delete(key);
  };
}

/** What marks the picture that keys act on. */
export const marksOf = (picture: PictureId | null): MarkEditor | null =>
  picture ? (editors.get(keyOf(picture)) ?? null) : null;
