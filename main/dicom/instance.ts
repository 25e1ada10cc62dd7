import type { ClipFacts, PatientFacts, Sex, StudyFacts } from '../../core/clip/clip.ts';
import { frameTimes } from '../../core/clip/frame-times.ts';
import type { Attributes } from './attributes.ts';
import { MemorySource, type ByteSource } from './byte-source.ts';
import { cutFileName, maxRWaves, withinCeilings } from './ceilings.ts';
import { isoDate, isoDateTime } from './date-time.ts';
import { frameRanges, type FrameRanges } from './frame-ranges.ts';
import { readHeader, type Header } from './header.ts';
import { personName } from './person-name.ts';
import { readProtocol } from './protocol.ts';
import { describePixels, type PixelDescription } from './pixel-description.ts';
import { malformed, refusal } from './refusal.ts';
import { readRegions, showsBMode, statesColour } from './regions.ts';
import { isUltrasoundImage, sopClassLabel } from './sop-class.ts';
import { isUid } from './uid.ts';
import { readView } from './view.ts';

export type { PixelDescription } from './pixel-description.ts';

/** What an ultrasound file says about itself, without its pixels. */
export interface Instance {
  readonly clip: ClipFacts;
  readonly study: StudyFacts;
  readonly pixels: PixelDescription;
}

/** An instance together with where its frames lie, for decoding. */
export interface OpenInstance extends Instance {
  readonly source: ByteSource;
  readonly frames: readonly FrameRanges[];
}

/**
 * Reads an ultrasound instance from the bytes of its file. Nothing is decoded, but the bytes of every frame are
 * located, so that a file whose pixels are missing or cut short is refused here.
 * Throws SystolaError: not-dicom, empty-file, truncated, malformed, unsupported-sop-class,
 * unsupported-transfer-syntax, unsupported-pixel-format, missing-pixel-data, impossible-size, too-large.
 */
export function readInstance(bytes: Uint8Array, fileName: string): Instance {
  const { clip, study, pixels } = openInstance(new MemorySource(bytes), fileName);
  return { clip, study, pixels };
}

/** {@link readInstance} on any source of bytes; also says where the frames lie. */
export function openInstance(source: ByteSource, fileName: string): OpenInstance {
  const header = readHeader(source, fileName);
  const { attributes } = header;
  const sopClassUid = attributes.text('x00080016', 'UI');
  if (sopClassUid === null || !isUid(sopClassUid))
    throw malformed(fileName, 'it does not say what it is (no SOP Class UID)');
  if (!isUltrasoundImage(sopClassUid)) {
    throw refusal(
      'unsupported-sop-class',
      fileName,
      `${sopClassLabel(sopClassUid)} is not read; Systola reads ultrasound images and clips.`,
    );
  }
  if (header.pixelData === null) {
    throw refusal('missing-pixel-data', fileName, 'The file has no pixel data.');
  }
  const pixels = describePixels(attributes, header.transferSyntax, header.pixelData.vr, fileName);
  const frames = frameRanges(header, header.pixelData, pixels, fileName);
  return {
    clip: withinCeilings(clipFacts(header, pixels, sopClassUid, fileName)),
    study: withinCeilings(studyFacts(attributes, fileName)),
    pixels,
    source: header.source,
    frames,
  };
}

function clipFacts(
  { attributes, transferSyntax }: Header,
  pixels: PixelDescription,
  sopClassUid: string,
  fileName: string,
): ClipFacts {
  const regions = readRegions(attributes);
  const spacing = attributes.numbers('x00280030', 'DS', 2);
  const [rowSpacing, columnSpacing] = spacing;
  return {
    sopInstanceUid: uid(attributes, 'x00080018', 'SOP Instance UID', fileName),
    sopClassUid,
    transferSyntaxUid: transferSyntax.uid,
    seriesInstanceUid: uid(attributes, 'x0020000e', 'Series Instance UID', fileName),
    studyInstanceUid: uid(attributes, 'x0020000d', 'Study Instance UID', fileName),
    instanceNumber: attributes.number('x00200013', 'IS'),
    fileName: cutFileName(fileName),
    rows: pixels.rows,
    columns: pixels.columns,
    frames: pixels.frames,
    timing: frameTimes({
      frames: pixels.frames,
      frameIncrementPointer: attributes.tags('x00280009'),
      frameTimeMs: attributes.number('x00181063', 'DS'),
      frameTimeVectorMs: optionalList(attributes.numbers('x00181065', 'DS')),
      actualFrameDurationMs: attributes.number('x00181242', 'IS'),
      effectiveDurationS: attributes.number('x00180072', 'DS'),
      cineRate: attributes.number('x00180040', 'IS'),
      recommendedDisplayFrameRate: attributes.number('x00082144', 'IS'),
      preferredPlaybackSequencing: attributes.number('x00181244', 'US'),
    }),
    regions,
    pixelSpacingMm:
      rowSpacing !== undefined && columnSpacing !== undefined && rowSpacing > 0 && columnSpacing > 0
        ? [rowSpacing, columnSpacing]
        : null,
    pixelAspectRatio: readPixelAspectRatio(attributes),
    view: readView(attributes),
    ...readProtocol(attributes),
    heartRateBpm: heartRate(attributes),
    rWaveTimesMs: attributes.numbers('x00186060', 'FL', maxRWaves),
    colourOverlay:
      pixels.samplesPerPixel === 3 || pixels.palette !== null ? statesColour(attributes, regions) : false,
    bMode: showsBMode(attributes, regions),
    lossy: transferSyntax.lossy || attributes.text('x00282110', 'CS') === '01',
    acquiredAt:
      isoDateTime(attributes.text('x0008002a', 'DT')) ??
      isoDateTime(attributes.text('x00080022', 'DA'), attributes.text('x00080032', 'TM')) ??
      isoDateTime(attributes.text('x00080023', 'DA'), attributes.text('x00080033', 'TM')),
    manufacturer: attributes.text('x00080070', 'LO'),
    manufacturerModel: attributes.text('x00081090', 'LO'),
  };
}

function studyFacts(attributes: Attributes, fileName: string): StudyFacts {
  return {
    studyInstanceUid: uid(attributes, 'x0020000d', 'Study Instance UID', fileName),
    patient: patientFacts(attributes),
    studyDate: isoDate(attributes.text('x00080020', 'DA')),
    description: attributes.text('x00081030', 'LO'),
    accessionNumber: attributes.text('x00080050', 'SH'),
    heightCm: scaled(within(attributes.number('x00101020', 'DS'), 0.2, 2.8), 100),
    weightKg: within(attributes.number('x00101030', 'DS'), 0.3, 500),
    heartRateBpm: heartRate(attributes),
  };
}

function patientFacts(attributes: Attributes): PatientFacts {
  return {
    patientId: attributes.identity('x00100020', 'LO') ?? '',
    issuerOfPatientId: attributes.identity('x00100021', 'LO'),
    name: personName(attributes.text('x00100010', 'PN') ?? ''),
    birthDate: isoDate(attributes.text('x00100030', 'DA')),
    sex: sex(attributes.text('x00100040', 'CS')),
  };
}

function sex(value: string | null): Sex {
  if (value === 'M') return 'male';
  if (value === 'F') return 'female';
  return value === 'O' ? 'other' : 'unknown';
}

/** Scanners write 0 for "not measured". */
function heartRate(attributes: Attributes): number | null {
  return within(attributes.number('x00181088', 'IS'), 10, 400);
}

function within(value: number | null, low: number, high: number): number | null {
  return value !== null && value >= low && value <= high ? value : null;
}

/** Rounded to a hundredth, so that 1.78 m is 178 cm and not 178.00000000000003. */
function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : Math.round(value * factor * 100) / 100;
}

/** Pixel Aspect Ratio and what the standard puts in its place (PS3.3 C.7.6.3.1.7), [vertical, horizontal]. */
function readPixelAspectRatio(attributes: Attributes): readonly [number, number] | null {
  for (const values of [
    attributes.numbers('x00280034', 'IS'),
    attributes.numbers('x00181164', 'DS'),
    attributes.numbers('x00182010', 'DS'),
  ]) {
    const [vertical, horizontal] = values;
    if (values.length === 2 && vertical! > 0 && horizontal! > 0) return [vertical!, horizontal!];
  }
  return null;
}

function optionalList(values: readonly number[]): readonly number[] | null {
  return values.length === 0 ? null : values;
}

function uid(attributes: Attributes, tag: string, name: string, fileName: string): string {
  const value = attributes.text(tag, 'UI');
  if (value === null) throw malformed(fileName, `its ${name} is missing`);
  if (!isUid(value)) throw malformed(fileName, `its ${name} is not a UID`);
  return value;
}
