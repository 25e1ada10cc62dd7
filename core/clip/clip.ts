import type { Box } from '../geometry/point.ts';
import type { UltrasoundRegion } from './calibration.ts';
import type { EcgFacts } from './ecg.ts';
import type { FileOddity } from './oddity.ts';
import type { ClipTiming } from './timing.ts';
import type { SaidView } from './view.ts';

/** Stage of a stress protocol that a clip was recorded in; at least one of the two is stated. */
export interface ClipStage {
  /** Stage Name (0008,2120), as written. */
  readonly name: string | null;
  /** Stage Number (0008,2122), from 1. */
  readonly number: number | null;
}

/** What a DICOM instance says about itself; a still is a clip with one frame. Facts change only when a newer version of the reader reads the file again. */
export interface ClipFacts {
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly instanceNumber: number | null;
  /** File name it was imported from, for messages. */
  readonly fileName: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly timing: ClipTiming;
  readonly regions: readonly UltrasoundRegion[];
  /** PixelSpacing (0028,0030) as [row spacing = y, column spacing = x] in mm. */
  readonly pixelSpacingMm: readonly [number, number] | null;
  /**
   * [vertical, horizontal] size of a pixel in relation to each other: Pixel Aspect Ratio (0028,0034), else Imager
   * (0018,1164) or Nominal Scanned Pixel Spacing (0018,2010), which say how pixels lie on a detector or a film.
   */
  readonly pixelAspectRatio: readonly [number, number] | null;
  readonly view: SaidView;
  /** Stage of a stress protocol; null where the file states none. */
  readonly stage: ClipStage | null;
  /** View Name (0008,2127), the protocol's own word for the view. */
  readonly viewName: string | null;
  /** View Number (0008,2128) within the stage. */
  readonly viewNumber: number | null;
  /** HeartRate (0018,1088). */
  readonly heartRateBpm: number | null;
  /** RWaveTimeVector (0018,6060), ms from the first frame. */
  readonly rWaveTimesMs: readonly number[];
  /** The ECG that the file brings along, without its samples; left out where it brings none. */
  readonly ecg?: EcgFacts;
  /** Colour or tissue Doppler is drawn over the B-mode picture (from region data types and from coloured pixels). */
  readonly colourOverlay: boolean;
  /** False for M-mode, spectral Doppler and the like: played, never traced. */
  readonly bMode: boolean;
  readonly lossy: boolean;
  /** "YYYY-MM-DDTHH:mm:ss" without zone, as the scanner wrote it. */
  readonly acquiredAt: string | null;
  readonly manufacturer: string | null;
  readonly manufacturerModel: string | null;
  /** What is missing, damaged or contradictory in the file, and how it was read all the same. */
  readonly oddities: readonly FileOddity[];
  /**
   * Why these are still the facts of an older version of the reader; left out when they are today's. The file was to be
   * read again and could not be.
   */
  readonly notReadAgain?: string;
}

/** A PatientName (0010,0010) decoded with its SpecificCharacterSet. */
export interface PersonName {
  readonly alphabetic: string;
  readonly ideographic: string;
  readonly phonetic: string;
}

export type Sex = 'male' | 'female' | 'other' | 'unknown';

export interface PatientFacts {
  readonly patientId: string;
  /** IssuerOfPatientID (0010,0021): the same id of another issuer is another patient. */
  readonly issuerOfPatientId: string | null;
  readonly name: PersonName;
  readonly birthDate: string | null;
  readonly sex: Sex;
  /** PatientAge (0010,1010) as written ("045Y"); left out where the file states none. */
  readonly statedAge?: string;
}

/** What a file says of why and for whom a study was made; each is left out where it says nothing. */
export interface StudyRequest {
  /** ReferringPhysicianName (0008,0090). */
  readonly referrer?: PersonName;
  /** ReasonForStudy (0032,1030), else Reason for the Requested Procedure (0040,1002), else the admitting diagnosis (0008,1080). */
  readonly indication?: string;
}

export interface StudyFacts {
  readonly studyInstanceUid: string;
  readonly patient: PatientFacts;
  readonly studyDate: string | null;
  readonly description: string | null;
  readonly accessionNumber: string | null;
  /** PatientSize (0010,1020) × 100. */
  readonly heightCm: number | null;
  /** PatientWeight (0010,1030). */
  readonly weightKg: number | null;
  readonly heartRateBpm: number | null;
  /** Left out where the file says nothing of it. */
  readonly request?: StudyRequest;
  /** What reading again changed since somebody last decided on the study; left out when there was nothing. */
  readonly readAgain?: ReadAgain;
}

/** What came of reading the files of a study again with a newer version of the reader. */
export interface ReadAgain {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly changes: readonly ChangedNumber[];
}

/** A number under today's rules, from the facts as they were and as they are. */
export interface ChangedNumber {
  /** "EF", or "EF of clip.dcm". */
  readonly what: string;
  readonly unit: string;
  /** null where it was not given. */
  readonly before: number | null;
  /** null where it is not given any more. */
  readonly after: number | null;
}

/** Displayed pixels of one frame, row-major; 1 channel (grey) or 3 (RGB interleaved), 8 bits. */
export interface FramePixels {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/**
 * Why the sector's box may be wrong. `not-found`: nothing in the picture stood out, so that all of it was taken.
 * `cut-off`: the sector's straight edges meet or end outside the picture. `loose`: the file's region is much larger
 * than what is seen in it. `odd-shape`: the box is too flat or too narrow for a sector.
 */
export type SectorDoubt = 'not-found' | 'cut-off' | 'loose' | 'odd-shape';

/** The sector's bounding box in image pixels, found once per clip. */
export interface Sector {
  readonly box: Box;
  readonly source: 'region' | 'pixels' | 'frame';
  /** Left out when there is no doubt, and in what was stored before doubts were. */
  readonly doubt?: SectorDoubt;
  /** Its straight sides where it is a fan whose sides were seen; left out in what was stored before they were kept. */
  readonly fan?: FanSides;
}

/** The straight sides of a fan: lines through one point in image pixels, at angles from straight down in radians. */
export interface FanSides {
  readonly apexX: number;
  readonly apexY: number;
  readonly leftAngle: number;
  readonly rightAngle: number;
}
