import type { UltrasoundRegion } from '../../core/clip/calibration.ts';
import { isPictureRegion } from '../../core/clip/pictures.ts';
import type { Attributes } from './attributes.ts';
import { maxRegions } from './limits.ts';

/** Region Spatial Format (0018,6012) of a two-dimensional picture. */
const twoDimensional = 1;
const mMode = 2;
const spectral = 3;
/** Region Data Type (0018,6014): colour flow, and tissue velocity among the other coloured pictures. */
const colourFlow = 2;

/**
 * SequenceOfUltrasoundRegions (0018,6011), PS3.3 C.8.5.5, as written: boxes may lie outside of the image and deltas
 * may be negative. Judging them is calibration's business.
 */
export function readRegions(attributes: Attributes): UltrasoundRegion[] {
  return attributes
    .items('x00186011')
    .slice(0, maxRegions)
    .map((item) => ({
      spatialFormat: item.number('x00186012', 'US') ?? 0,
      dataType: item.number('x00186014', 'US') ?? 0,
      box: {
        minX: item.number('x00186018', 'UL') ?? 0,
        minY: item.number('x0018601a', 'UL') ?? 0,
        maxX: item.number('x0018601c', 'UL') ?? 0,
        maxY: item.number('x0018601e', 'UL') ?? 0,
      },
      unitsX: item.number('x00186024', 'US'),
      unitsY: item.number('x00186026', 'US'),
      deltaX: item.number('x0018602c', 'FD'),
      deltaY: item.number('x0018602e', 'FD'),
    }));
}

/** The ultrasound mode bits of the fourth value of ImageType (PS3.3 C.8.5.6.1.1); null when not given. */
function modes(attributes: Attributes): number | null {
  const value = attributes.texts('x00080008')[3] ?? '';
  return /^[0-9A-F]{4}$/i.test(value) ? Number.parseInt(value, 16) : null;
}

const mode2d = 0x0001;
/** M-mode, CW and PW Doppler, colour M-mode: time runs along the picture. */
const modesOverTime = 0x0002 | 0x0004 | 0x0008 | 0x0020;
const modeColourDoppler = 0x0010;
const modeColourPower = 0x0100;

/**
 * False for M-mode, spectral Doppler and the like. A two-dimensional region says that there is a picture; regions of
 * M-mode or spectra without one that there is none, whatever ImageType says. Without regions ImageType decides, and a
 * picture beside a spectrum or an M-mode whose place is not stated is none that could be measured. Without any
 * statement the picture is taken for B-mode.
 */
export function showsBMode(attributes: Attributes, regions: readonly UltrasoundRegion[]): boolean {
  if (regions.some(isPictureRegion)) return true;
  if (regions.some(({ spatialFormat }) => spatialFormat === mMode || spatialFormat === spectral))
    return false;
  const stated = modes(attributes);
  if (stated !== null && stated !== 0) return (stated & mode2d) !== 0 && (stated & modesOverTime) === 0;
  return regions.every((region) => region.spatialFormat === 0);
}

/**
 * The file says that colour is drawn over the picture: a 2D region of colour flow, or colour modes in ImageType.
 * UltrasoundColorDataPresent (0028,0014) = 1 alone is no such statement, because scanners set it for every colour
 * file, grey pictures included; pixels decide then.
 */
export function statesColour(attributes: Attributes, regions: readonly UltrasoundRegion[]): boolean {
  if (regions.some((region) => region.spatialFormat === twoDimensional && region.dataType === colourFlow)) {
    return true;
  }
  const stated = modes(attributes);
  return stated !== null && (stated & (modeColourDoppler | modeColourPower)) !== 0;
}
