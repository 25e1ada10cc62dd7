import type { FrameReference } from '../../core/measurement/measurement.ts';

/** Numbers and the frames that they were read from: who is at one of them sees the others lit. */
class LitFrames {
  /** Frames that a hovered or focused number was read from. */
  list = $state.raw<readonly FrameReference[]>([]);
  /** The frame whose contour the pointer is on; lights the numbers read from it. */
  hovered = $state.raw<FrameReference | null>(null);

  has(reference: FrameReference): boolean {
    return this.list.some(
      (other) => other.sopInstanceUid === reference.sopInstanceUid && other.frame === reference.frame,
    );
  }

  clear(): void {
    this.list = [];
    this.hovered = null;
  }
}

export const litFrames = new LitFrames();
