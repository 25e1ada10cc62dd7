/** Ways in which clips are hung. */
export const layoutIds = ['one', 'two', 'four', 'phases', 'stages'] as const;
export type LayoutId = (typeof layoutIds)[number];

/** What a pane shows of its clip: the moving loop, the ED and ES stills, or both. */
export type PanePictures = 'loop-and-stills' | 'loop' | 'stills';

/** A clip that hangs in a pane. It may be of another study, which is then only looked at. */
export interface PaneClip {
  readonly studyInstanceUid: string;
  readonly sopInstanceUid: string;
}

/** One place for a clip; null where it is empty. */
export type Pane = PaneClip | null;

export interface Layout {
  readonly id: LayoutId;
  /** Places at most; null where the study's stages and views give them. */
  readonly panes: number | null;
  readonly columns: number | null;
  readonly pictures: PanePictures;
}

export const layouts: Readonly<Record<LayoutId, Layout>> = {
  one: { id: 'one', panes: 1, columns: 1, pictures: 'loop-and-stills' },
  two: { id: 'two', panes: 2, columns: 2, pictures: 'loop-and-stills' },
  four: { id: 'four', panes: 4, columns: 2, pictures: 'loop' },
  phases: { id: 'phases', panes: 2, columns: 1, pictures: 'stills' },
  stages: { id: 'stages', panes: null, columns: null, pictures: 'loop' },
};

/** What a study needs to have for layouts to be of use. */
export interface Hangable {
  readonly clips: number;
  /** Clips whose ED and ES can be shown. */
  readonly loops: number;
  readonly stages: number;
}

/** The layouts that show something of their own of a study, in the order that a key goes through them. */
export function layoutsFor({ clips, loops, stages }: Hangable): readonly LayoutId[] {
  return layoutIds.filter((id) => {
    switch (id) {
      case 'one':
        return true;
      case 'two':
        return clips > 1;
      case 'four':
        return clips > 2;
      case 'phases':
        return loops > 0;
      case 'stages':
        return stages > 0 && loops > 0;
    }
  });
}

/** The layout before or behind another; from the last to the first. */
export function nextLayout(of: readonly LayoutId[], present: LayoutId, by: 1 | -1): LayoutId {
  const index = of.indexOf(present);
  return of[(Math.max(0, index) + by + of.length) % of.length] ?? present;
}

/** Choices of layout are remembered for each of these. */
export type StudyKind = 'stress' | 'rest' | 'single';

/** Stress where the files tell of two stages or more, single where one clip alone can be hung. */
export function kindOf({ clips, stages }: Hangable): StudyKind {
  if (stages > 1) return 'stress';
  return clips > 1 ? 'rest' : 'single';
}

/** What the settings remember as a layout, or null for anything else. */
export function layoutCalled(name: unknown): LayoutId | null {
  return layoutIds.find((id) => id === name) ?? null;
}
