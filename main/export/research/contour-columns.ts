import { researchUseNotice } from '../../../core/notice.ts';
import type { ContourRow } from './contour-rows.ts';
import type { Column } from './csv.ts';

const text = (name: string, description: string, of: Column<ContourRow>['of']): Column<ContourRow> => ({
  ...{ name, type: 'text', unit: null, description, of },
});

const number = (
  name: string,
  unit: string,
  description: string,
  of: (row: ContourRow) => number | null,
): Column<ContourRow> => ({ name, type: 'number', unit, description, of });

const integer = (name: string, description: string, of: (row: ContourRow) => number): Column<ContourRow> => ({
  name,
  type: 'integer',
  unit: null,
  description,
  of,
});

/** A ten-thousandth of a millimetre. */
const millimetres = (value: number): number => Math.round(value * 1e4) / 1e4;

/** Columns of the table of contours: names and meanings are what analyses rely on, and are never changed. */
export const contourColumns: readonly Column<ContourRow>[] = [
  text(
    'sop_uid',
    'SOPInstanceUID (0008,0018) of the clip. Not de-identified.',
    ({ contour }) => contour.clip.facts.sopInstanceUid,
  ),
  text(
    'structure',
    'What is contoured: lv-cavity, lv-wall (by its outer border), left-atrium, or a structure of the library’s own.',
    ({ contour }) => contour.structure,
  ),
  integer('frame', 'Frame of the clip, from 0.', ({ contour }) => contour.frame),
  text(
    'phase',
    'ed or es where a beat has its mark on the frame; else empty.',
    ({ contour }) => contour.phase,
  ),
  text(
    'kind',
    'hinge, apex, control: a control point of the spline, which is what is stored and edited; outline: a point of the curve through them, which is what is measured. Take one or the other.',
    ({ kind }) => kind,
  ),
  integer(
    'point',
    'Place among the control points, or among the points of the outline, from 0. A contour with hinges is closed by a straight line from its last point to its first.',
    ({ point }) => point,
  ),
  number(
    'x_px',
    'px',
    'Column, to the right; 0 is the centre of the leftmost pixel. Control points as stored, outline to 0.001.',
    ({ x }) => x,
  ),
  number('y_px', 'px', 'Row, downwards; 0 is the centre of the topmost pixel. As x_px.', ({ y }) => y),
  number(
    'x_mm',
    'mm',
    'x_px times sx_mm, to 0.0001; empty without calibration.',
    ({ x, calibration }) => calibration && millimetres(x * calibration.mmPerPixelX),
  ),
  number(
    'y_mm',
    'mm',
    'y_px times sy_mm, to 0.0001; empty without calibration.',
    ({ y, calibration }) => calibration && millimetres(y * calibration.mmPerPixelY),
  ),
  number(
    'sx_mm',
    'mm/px',
    'Width of a pixel; empty without calibration.',
    ({ calibration }) => calibration && calibration.mmPerPixelX,
  ),
  number(
    'sy_mm',
    'mm/px',
    'Height of a pixel; empty without calibration.',
    ({ calibration }) => calibration && calibration.mmPerPixelY,
  ),
  text(
    'source',
    'model; propagated: of the model, moved after corrections of other frames; edited: corrected by a person or by a file; manual: drawn without a model; fitted: to what another program drew.',
    ({ contour }) => contour.trace.source.kind,
  ),
  number(
    'confidence',
    '1',
    'How far the contour is to be trusted, 0 to 1: calibrated where the model is, else the sharpness of its border; empty for a contour by hand.',
    ({ contour }) => contour.trace.confidence,
  ),
  text('notice', 'What the values may be used for.', () => researchUseNotice),
];
