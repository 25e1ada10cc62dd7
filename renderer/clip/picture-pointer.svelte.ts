import type { Point } from '../../core/geometry/point.ts';
import type { PictureEditor } from '../editing/picture-editor.svelte.ts';
import type { MarkEditor, SelectedMark } from '../marks/mark-editor.svelte.ts';
import { playback } from '../playback/playback.svelte.ts';
import { drawing } from '../state/drawing.svelte.ts';
import { litFrames } from '../state/lit-frames.svelte.ts';
import { workspace, type PictureId } from '../state/workspace.svelte.ts';
import type { PictureHand } from '../viewing/picture-hand.svelte.ts';
import { toImage, type PicturePlacement } from '../viewing/placement.ts';
import { viewings } from '../viewing/viewings.svelte.ts';

/** The picture that a pointer is on, and who acts on it; nobody edits or marks a study that is only looked at. */
export interface PointedPicture {
  readonly id: PictureId;
  readonly hand: PictureHand;
  readonly editor: PictureEditor | null;
  readonly marks: MarkEditor | null;
  element(): HTMLElement;
  /** Frame on screen. */
  frame(): number | null;
  placement(): PicturePlacement;
}

/** Gives what a pointer does on a picture to whom it concerns: the hand that moves the picture, marks, contours. */
export class PicturePointer {
  readonly #picture: PointedPicture;
  /** Where the pointer is in the window, for the loupe to keep out of its way. */
  client = $state.raw<Point>([0, 0]);

  constructor(picture: PointedPicture) {
    this.#picture = picture;
  }

  readonly cursor: string = $derived.by(() => {
    const { hand, editor } = this.#picture;
    if (hand.panning) return 'grabbing';
    if (viewings.panning) return 'grab';
    if (!editor) return 'default';
    if (drawing.tool !== 'adjust') return 'crosshair';
    if (editor.gesture.state === 'dragging') return 'grabbing';
    return editor.hover ? 'grab' : 'default';
  });

  down(event: PointerEvent): void {
    const { id, hand, editor, marks } = this.#picture;
    const element = this.#picture.element();
    const cine = id.kind === 'cine';
    workspace.active = id;
    if (hand.down(event, viewings.panning)) {
      event.preventDefault();
      if (event.pointerType === 'touch') this.#dropGesture();
      element.setPointerCapture(event.pointerId);
      return;
    }
    if (event.button !== 0 || !editor) return;
    this.client = [event.clientX, event.clientY];
    if (marks?.down(this.#position(event), markUnder(event))) {
      editor.selected = null;
      element.setPointerCapture(event.pointerId);
      return;
    }
    if (cine && playback.playing && (drawing.tool !== 'adjust' || editor.hover)) playback.pause();
    element.setPointerCapture(event.pointerId);
    editor.down(this.#position(event), event.shiftKey, event.pointerType === 'touch');
    if (cine && editor.busy) playback.pause();
  }

  move(event: PointerEvent): void {
    const { id, hand, editor, marks } = this.#picture;
    if (hand.move(event) || !editor) return;
    this.client = [event.clientX, event.clientY];
    if (marks?.move(this.#position(event), event.altKey)) return;
    editor.move(this.#position(event), event.altKey);
    const frame = this.#picture.frame();
    const over = editor.hover && frame !== null ? { sopInstanceUid: id.sopInstanceUid, frame } : null;
    const { hovered } = litFrames;
    if (over?.frame !== hovered?.frame || over?.sopInstanceUid !== hovered?.sopInstanceUid)
      litFrames.hovered = over;
  }

  up(event: PointerEvent): void {
    const { hand, editor, marks } = this.#picture;
    if (hand.up(event) || event.button !== 0) return;
    if (marks?.up(this.#position(event), event.altKey)) return;
    editor?.up(this.#position(event), event.altKey);
  }

  /** The system took the pointer away: what was begun is dropped. */
  drop(): void {
    this.#picture.hand.drop();
    this.#dropGesture();
  }

  /** What one finger began is not meant once there are two. */
  #dropGesture(): void {
    const { editor, marks } = this.#picture;
    editor?.cancel();
    if (marks?.busy) marks.cancel();
  }

  leave(): void {
    const { editor } = this.#picture;
    if (!editor || editor.busy) return;
    editor.leave();
    litFrames.hovered = null;
  }

  /** On a contour it means the contour; beside it the picture is fitted again. */
  doubleClick(event: MouseEvent): void {
    const { hand, editor, marks } = this.#picture;
    const mark = markUnder(event);
    if (mark && marks) {
      marks.rewrite(mark.id);
      return;
    }
    if (!editor?.doubleClick(this.#position(event))) hand.fit();
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    this.#picture.hand.wheel(event, this.#inElement(event));
  }

  #inElement(event: MouseEvent): Point {
    const box = this.#picture.element().getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #position(event: MouseEvent): Point {
    return toImage(this.#picture.placement(), this.#inElement(event));
  }
}

/** The mark that the pointer is on, or the part of it; a captured pointer's double-click does not say. */
function markUnder({ clientX, clientY }: MouseEvent): SelectedMark | null {
  const under = document.elementFromPoint(clientX, clientY);
  const { mark, markPart } = (under as HTMLElement | null)?.dataset ?? {};
  return mark === undefined ? null : { id: mark, part: markPart as SelectedMark['part'] };
}
