import type { ClipFacts, PatientFacts, Sex, StudyFacts, StudyRequest } from '../../core/clip/clip.ts';
import { frameTimes, timingOddities, type TimingAttributes } from '../../core/clip/frame-times.ts';
import type { FileOddity, TimingAttribute } from '../../core/clip/oddity.ts';
import { spacingOddities } from '../../core/clip/spacing-oddities.ts';
import type { Attributes } from './attributes.ts';
import { MemorySource, type ByteSource } from './byte-source.ts';
import { cutFileName, maxRWaves, withinCeilings } from './ceilings.ts';
import { isoDate, isoDateTime } from './date-time.ts';
import { instanceUids, type InstanceUids } from './derived-uid.ts';
import { ecgFacts } from './ecg/ecg.ts';
import { frameRanges, type FoundFrames, type FrameRanges } from './frame-ranges.ts';
import { readHeader, type Header } from './header.ts';
import { personName } from './person-name.ts';
import { readProtocol } from './protocol.ts';
import { describePixels, type PixelDescription } from './pixel-description.ts';
import { malformed, refusal } from './refusal.ts';
import { readRegions, showsBMode, statesColour } from './regions.ts';
import { isReadableClass, sopClassLabel, ultrasoundMultiFrame } from './sop-class.ts';
import { transferSyntaxName } from './transfer-syntax.ts';
import { isUid } from './uid.ts';
import { readView } from './view.ts';

export type { PixelDescription } from './pixel-description.ts';

/** What an ultrasound file says about itself, without its pixels. */
export interface Instance {
  readonly clip: ClipFacts;
  readonly study: StudyFacts;
  readonly pixels: PixelDescription;
  /** Transducer Data (0018,5010), else Transducer Type (0018,6031); null where the file names none. */
  readonly transducer: string | null;
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
  const { clip, study, pixels, transducer } = openInstance(new MemorySource(bytes), fileName);
  return { clip, study, pixels, transducer };
}

/** {@link readInstance} on any source of bytes; also says where the frames lie. */
export function openInstance(source: ByteSource, fileName: string): OpenInstance {
  const header = readHeader(source, fileName);
  const { attributes } = header;
  const oddities: FileOddity[] = [];
  const sopClassUid = sopClass(header, oddities, fileName);
  if (!isReadableClass(sopClassUid, attributes.text('x00080060', 'CS'))) {
    throw refusal(
      'unsupported-sop-class',
      fileName,
      `${sopClassLabel(sopClassUid)} is not read; Systola reads ultrasound images, clips and structured reports.`,
    );
  }
  if (header.pixelData === null) {
    throw refusal('missing-pixel-data', fileName, 'The file has no pixel data.');
  }
  const pixels = describePixels(attributes, header.transferSyntax, header.pixelData.vr, fileName);
  const found = frameRanges(header, header.pixelData, pixels, fileName);
  const uids = instanceUids(attributes, header.meta, source);
  oddities.push(...uids.oddities, ...packingOddities(header), ...frameOddities(pixels, found));
  return {
    clip: withinCeilings(clipFacts(header, pixels, found, { sopClassUid, uids, oddities }, fileName)),
    study: withinCeilings(studyFacts(attributes, uids)),
    pixels,
    transducer: transducerOf(attributes),
    source: header.source,
    frames: found.frames,
  };
}

/** Stated, in the file header, or by the modality: a picture of ultrasound is one whatever it forgot to say. */
export function sopClass({ attributes, meta }: Header, oddities: FileOddity[], fileName: string): string {
  const stated = attributes.text('x00080016', 'UI');
  if (stated !== null && isUid(stated)) return stated;
  const derived = (from: 'file-header' | 'modality', uid: string): string => {
    oddities.push({ kind: 'uid-derived', what: 'sop-class', from });
    return uid;
  };
  if (meta.sopClassUid !== null) return derived('file-header', meta.sopClassUid);
  if (attributes.text('x00080060', 'CS') === 'US') return derived('modality', ultrasoundMultiFrame);
  throw malformed(fileName, 'it does not say what it is (no SOP Class UID)');
}

function packingOddities({ damagedParts, transferSyntax, statedTransferSyntaxUid }: Header): FileOddity[] {
  const oddities: FileOddity[] = [];
  if (damagedParts > 0) oddities.push({ kind: 'damaged-parts', count: damagedParts });
  if (transferSyntax.uid !== statedTransferSyntaxUid) {
    const stated = statedTransferSyntaxUid === null ? null : transferSyntaxName(statedTransferSyntaxUid);
    oddities.push({ kind: 'syntax-differs', stated, found: transferSyntax.name });
  }
  return oddities;
}

function frameOddities({ statedFrames }: PixelDescription, { frames, cutShort }: FoundFrames): FileOddity[] {
  const found = frames.length;
  if (statedFrames === found || (statedFrames === null && found === 1 && !cutShort)) return [];
  return [{ kind: 'frames-differ', stated: statedFrames, found, cutShort }];
}

/** Attributes of timing that have a value, whatever it is. */
const timingTags: readonly (readonly [TimingAttribute, string])[] = [
  ['Frame Time', 'x00181063'],
  ['Frame Time Vector', 'x00181065'],
];

function timingAttributesOf(
  attributes: Attributes,
  pixels: PixelDescription,
  frames: number,
): TimingAttributes {
  return {
    frames,
    statedFrames: pixels.statedFrames,
    present: timingTags.filter(([, tag]) => attributes.text(tag) !== null).map(([name]) => name),
    frameIncrementPointer: attributes.tags('x00280009'),
    frameTimeMs: attributes.number('x00181063', 'DS'),
    frameTimeVectorMs: optionalList(attributes.numbers('x00181065', 'DS')),
    actualFrameDurationMs: attributes.number('x00181242', 'IS'),
    effectiveDurationS: attributes.number('x00180072', 'DS'),
    cineRate: attributes.number('x00180040', 'IS'),
    recommendedDisplayFrameRate: attributes.number('x00082144', 'IS'),
    preferredPlaybackSequencing: attributes.number('x00181244', 'US'),
  };
}

interface Identity {
  readonly sopClassUid: string;
  readonly uids: InstanceUids;
  readonly oddities: readonly FileOddity[];
}

function clipFacts(
  { attributes, transferSyntax }: Header,
  pixels: PixelDescription,
  { frames }: FoundFrames,
  { sopClassUid, uids, oddities }: Identity,
  fileName: string,
): ClipFacts {
  const regions = readRegions(attributes);
  const spacing = attributes.numbers('x00280030', 'DS', 2);
  const [rowSpacing, columnSpacing] = spacing;
  const timingAttributes = timingAttributesOf(attributes, pixels, frames.length);
  const timing = frameTimes(timingAttributes);
  const ecg = ecgFacts(attributes, timing);
  const pixelSpacingMm =
    rowSpacing !== undefined && columnSpacing !== undefined && rowSpacing > 0 && columnSpacing > 0
      ? ([rowSpacing, columnSpacing] as const)
      : null;
  return {
    sopInstanceUid: uids.sopInstanceUid,
    sopClassUid,
    transferSyntaxUid: transferSyntax.uid,
    seriesInstanceUid: uids.seriesInstanceUid,
    studyInstanceUid: uids.studyInstanceUid,
    instanceNumber: attributes.number('x00200013', 'IS'),
    fileName: cutFileName(fileName),
    rows: pixels.rows,
    columns: pixels.columns,
    frames: frames.length,
    timing,
    regions,
    pixelSpacingMm,
    pixelAspectRatio: readPixelAspectRatio(attributes),
    view: readView(attributes),
    ...readProtocol(attributes),
    heartRateBpm: heartRate(attributes),
    rWaveTimesMs: attributes.numbers('x00186060', 'FL', maxRWaves),
    ...(ecg === null ? {} : { ecg }),
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
    oddities: [
      ...oddities,
      ...timingOddities(timingAttributes, timing),
      ...spacingOddities(pixelSpacingMm, regions),
    ],
  };
}

/** What a file says of its study and patient. */
export function studyFacts(attributes: Attributes, uids: InstanceUids): StudyFacts {
  return {
    studyInstanceUid: uids.studyInstanceUid,
    patient: patientFacts(attributes),
    studyDate: isoDate(attributes.text('x00080020', 'DA')),
    description: attributes.text('x00081030', 'LO'),
    accessionNumber: attributes.text('x00080050', 'SH'),
    heightCm: scaled(within(attributes.number('x00101020', 'DS'), 0.2, 2.8), 100),
    weightKg: within(attributes.number('x00101030', 'DS'), 0.3, 500),
    heartRateBpm: heartRate(attributes),
    ...requestOf(attributes),
  };
}

/** For whom and why; nothing where the file says neither. */
function requestOf(attributes: Attributes): { readonly request?: StudyRequest } {
  const name = personName(attributes.text('x00080090', 'PN') ?? '');
  const isNamed = [name.alphabetic, name.ideographic, name.phonetic].some((group) => group !== '');
  const indication =
    attributes.text('x00321030', 'LO') ??
    attributes.text('x00401002', 'LO') ??
    attributes.text('x00081080', 'LO');
  if (!isNamed && indication === null) return {};
  return {
    request: { ...(isNamed ? { referrer: name } : {}), ...(indication === null ? {} : { indication }) },
  };
}

function patientFacts(attributes: Attributes): PatientFacts {
  const statedAge = attributes.text('x00101010', 'CS');
  return {
    patientId: attributes.identity('x00100020', 'LO') ?? '',
    issuerOfPatientId: attributes.identity('x00100021', 'LO'),
    name: personName(attributes.text('x00100010', 'PN') ?? ''),
    birthDate: isoDate(attributes.text('x00100030', 'DA')),
    sex: sex(attributes.text('x00100040', 'CS')),
    ...(statedAge === null ? {} : { statedAge: statedAge.slice(0, 8) }),
  };
}

function sex(value: string | null): Sex {
  if (value === 'M') return 'male';
  if (value === 'F') return 'female';
  return value === 'O' ? 'other' : 'unknown';
}

/** Longer than anybody names a probe. */
const longestTransducer = 256;

function transducerOf(attributes: Attributes): string | null {
  const name = attributes.text('x00185010') ?? attributes.text('x00186031', 'CS');
  return name?.slice(0, longestTransducer) ?? null;
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
