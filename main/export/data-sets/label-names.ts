import {
  leftAtrium,
  leftVentricularCavity,
  leftVentricularWall,
  type StructureId,
} from '../../../core/structure/structure.ts';

/** What a label stands for: of the wall's mask only what is not cavity, so that it has another name than the contour. */
export const labelNames: Readonly<Record<StructureId, string>> = {
  [leftVentricularCavity]: 'lv_cavity',
  [leftVentricularWall]: 'myocardium',
  [leftAtrium]: 'left_atrium',
};
