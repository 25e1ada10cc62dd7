import type { ViewCode } from '../clip/view.ts';
import type { CodedConcept } from './coded-concept.ts';

/** What can be contoured. Everything else in Systola learns of a structure from here: store, window and exports. */
export interface Structure {
  /** Lower case with hyphens, as it is stored; never changed once contours bear it. */
  readonly id: StructureId;
  /** Its own words, of one that a library brings along; null where the catalogue has them (core/wording/structure.ts). */
  readonly words: string | null;
  /**
   * `hinges-and-apex`: an open contour from hinge to hinge over the apex, closed by its base line. `none`: a closed
   * contour without any place that is special.
   */
  readonly landmarks: 'hinges-and-apex' | 'none';
  /** Views that it is drawn in. */
  readonly views: readonly ViewCode[];
  /** Custom property of the window's style sheet that colours it, or any other CSS colour. */
  readonly colour: string;
  /** The anatomical site. */
  readonly code: CodedConcept;
}

export type StructureId = string;

/** The cavity of the left ventricle, which volumes and ejection fraction are measured on. */
export const leftVentricularCavity = 'lv-cavity';

/** The wall of the left ventricle, by its outer border: the epicardium from hinge to hinge over the apex. */
export const leftVentricularWall = 'lv-wall';

/** The left atrium from hinge to hinge over its roof. */
export const leftAtrium = 'left-atrium';

const apical: readonly ViewCode[] = ['a4c', 'a2c', 'a3c', 'unknown'];

const known: Structure[] = [
  {
    id: leftVentricularCavity,
    words: null,
    landmarks: 'hinges-and-apex',
    views: apical,
    colour: 'var(--lv)',
    code: { scheme: 'SCT', value: '87878005', meaning: 'Left Ventricle' },
  },
  {
    id: leftVentricularWall,
    words: null,
    landmarks: 'hinges-and-apex',
    views: apical,
    colour: 'var(--lv-wall)',
    code: { scheme: 'SCT', value: '74281007', meaning: 'Myocardium' },
  },
  {
    id: leftAtrium,
    words: null,
    landmarks: 'hinges-and-apex',
    views: apical,
    colour: 'var(--left-atrium)',
    code: { scheme: 'SCT', value: '82471001', meaning: 'Left Atrium' },
  },
];

/** All structures that can be contoured, in the order in which they are offered. */
export const structures = (): readonly Structure[] => known;

/** null for one that this version does not know, whose contours are kept and shown all the same. */
export const structureOf = (id: StructureId): Structure | null =>
  known.find((structure) => structure.id === id) ?? null;

/**
 * Adds a structure for as long as the application runs; of one that is known already nothing is changed. Research
 * that contours something else brings it along as data.
 */
export function addStructure(structure: Structure): void {
  if (structureOf(structure.id) === null) known.push(structure);
}
