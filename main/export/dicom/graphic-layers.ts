import { inEnglish } from '../../../core/language/english.ts';
import {
  leftAtrium,
  leftVentricularCavity,
  leftVentricularWall,
  structureOf,
  type StructureId,
} from '../../../core/structure/structure.ts';
import { structureText } from '../../../core/wording/structure.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { type DataSet, element } from '../../dicom/write/element.ts';
import { labOf } from '../../dicom/write/srgb.ts';
import { plainText } from './plain-text.ts';

interface Layer {
  readonly name: string;
  readonly colour: string;
}

/** Names that viewers list, and hues that stand out from grey pictures. */
const layers: Readonly<Record<StructureId, Layer>> = {
  [leftVentricularCavity]: { name: 'LV', colour: '#4fd8ee' },
  [leftVentricularWall]: { name: 'LV_WALL', colour: '#b4e35f' },
  [leftAtrium]: { name: 'LA', colour: '#c7a1ff' },
};
const ofOthers = '#e8e8e8';

/** The layer of each structure that is drawn; one that this version does not know by a number. */
export function layersOf(drawn: readonly StructureId[]): ReadonlyMap<StructureId, Layer> {
  let others = 0;
  return new Map(
    [...new Set(drawn)].map((structure) => {
      const known = layers[structure];
      if (known !== undefined) return [structure, known];
      const own = structureOf(structure)?.colour ?? '';
      others += 1;
      return [structure, { name: `OTHER_${others}`, colour: own.startsWith('#') ? own : ofOthers }];
    }),
  );
}

/** Items of the Graphic Layer Sequence (PS3.3 C.10.7), the first layer lowest. */
export const layerItems = (drawn: ReadonlyMap<StructureId, Layer>): DataSet[] =>
  [...drawn].map(([structure, { name, colour }], index) => {
    const known = structureOf(structure);
    const words = plainText(known === null ? structure : inEnglish.say(structureText(known)), 64);
    return [
      element(attributes.GraphicLayer, name),
      element(attributes.GraphicLayerOrder, index + 1),
      element(attributes.GraphicLayerRecommendedDisplayGrayscaleValue, 0xffff),
      ...(words === null ? [] : [element(attributes.GraphicLayerDescription, words)]),
      element(attributes.GraphicLayerRecommendedDisplayCIELabValue, ...encodedLab(colour)),
    ];
  });

/** PS3.3 C.10.7.1.1: 0 to 100 and -128 to 127 over 16 bits. */
function encodedLab(colour: string): [number, number, number] {
  const [lightness, a, b] = labOf(colour);
  const over = (value: number, least: number, range: number): number =>
    Math.round(Math.min(1, Math.max(0, (value - least) / range)) * 0xffff);
  return [over(lightness, 0, 100), over(a, -128, 255), over(b, -128, 255)];
}
