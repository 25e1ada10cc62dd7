import { removedMoment } from '../../../core/deidentify/removed-date.ts';
import { studyUidOf } from '../../../core/clip/study-key.ts';
import { SystolaError } from '../../../core/error.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { element, optional, type DataSet } from '../../dicom/write/element.ts';
import { writeDirectory, type DirectoryRecord } from '../../dicom/write/write-directory.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { recordKeys } from './directory-keys.ts';
import { fileRecord, type RecordedFile } from './record-of-file.ts';

interface Series {
  readonly keys: DataSet;
  readonly files: DirectoryRecord[];
}

interface Study {
  readonly keys: DataSet;
  readonly number: number;
  readonly series: Map<string, Series>;
}

interface Patient {
  readonly keys: DataSet;
  readonly number: number;
  readonly studies: Study[];
}

type MediumSource = Pick<ExportSnapshot, 'document' | 'deidentified'>;

/** Where everything but the directory lies. */
const topFolder = 'DICOM';

/** The directory of a medium while its files are written: patients, their studies, series, files. */
export class Medium {
  readonly #patients = new Map<string, Patient>();
  #studies = 0;

  /**
   * A study, of whose files the first says what the directory does of patient and study.
   *
   * @throws SystolaError `malformed` where nothing says when the study was
   */
  study({ document: { facts }, deidentified }: MediumSource, first: RecordedFile): MediumStudy {
    this.#studies += 1;
    const { patientId, issuerOfPatientId } = facts.patient;
    const { keys } = first;
    const name = keys.text(attributes.PatientName);
    const isKnown = patientId !== '';
    // Nobody is taken for another for want of an ID.
    const key = isKnown ? JSON.stringify([patientId, issuerOfPatientId, name]) : `study ${this.#studies}`;
    let patient = this.#patients.get(key);
    if (patient === undefined) {
      const number = this.#patients.size + 1;
      patient = {
        number,
        studies: [],
        keys: recordKeys([
          optional(attributes.PatientName, name),
          element(attributes.PatientID, keys.text(attributes.PatientID) ?? `UNKNOWN ${number}`),
        ]),
      };
      this.#patients.set(key, patient);
    }
    const study: Study = {
      number: this.#studies,
      series: new Map(),
      keys: recordKeys([
        element(attributes.StudyDate, studyDate(first, facts.studyInstanceUid, deidentified !== null)),
        element(attributes.StudyTime, keys.text(attributes.StudyTime) ?? '000000'),
        optional(attributes.AccessionNumber, keys.text(attributes.AccessionNumber)),
        optional(attributes.StudyDescription, keys.text(attributes.StudyDescription)),
        element(attributes.StudyInstanceUID, studyUidOf(facts.studyInstanceUid)),
        element(attributes.StudyID, keys.text(attributes.StudyID) ?? String(this.#studies)),
      ]),
    };
    patient.studies.push(study);
    return new MediumStudy(
      [topFolder, numbered('PAT', patient.number), numbered('STU', study.number)],
      study,
    );
  }

  /** The file DICOMDIR. @throws NotWritable */
  directory(): Uint8Array {
    const patients = [...this.#patients.values()].map((patient): DirectoryRecord => ({
      type: 'PATIENT',
      keys: patient.keys,
      file: null,
      below: patient.studies.map(({ keys, series }) => ({
        type: 'STUDY',
        keys,
        file: null,
        below: [...series.values()].map((one) => ({
          type: 'SERIES',
          keys: one.keys,
          file: null,
          below: one.files,
        })),
      })),
    }));
    return writeDirectory('SYSTOLA', patients);
  }
}

/** A study of a medium, which files are put into. */
export class MediumStudy {
  readonly #place: readonly string[];
  readonly #study: Study;

  constructor(place: readonly string[], study: Study) {
    this.#place = place;
    this.#study = study;
  }

  /** Enters a file into the directory. @returns its place on the medium, parts of its file ID with "/" between */
  add(file: RecordedFile): string {
    const { series } = this.#study;
    const { keys, seriesInstanceUid, kind } = file;
    let own = series.get(seriesInstanceUid);
    if (own === undefined) {
      own = {
        files: [],
        keys: recordKeys([
          element(attributes.Modality, keys.text(attributes.Modality) ?? 'US'),
          element(attributes.SeriesInstanceUID, seriesInstanceUid),
          element(attributes.SeriesNumber, keys.number(attributes.SeriesNumber) ?? series.size + 1),
        ]),
      };
      series.set(seriesInstanceUid, own);
    }
    const folder = numbered('SER', [...series.keys()].indexOf(seriesInstanceUid) + 1);
    const fileId = [...this.#place, folder, numbered(kind.prefix, own.files.length + 1)];
    own.files.push(fileRecord(file, fileId, own.files.length + 1));
    return fileId.join('/');
  }
}

/** Eight characters: "STU00001". */
const numbered = (prefix: string, number: number): string =>
  `${prefix}${String(number).padStart(8 - prefix.length, '0')}`;

/** A directory has to say when a study was (PS3.3 table F.5-2), and nobody makes that up. */
function studyDate({ keys }: RecordedFile, study: string, isDeidentified: boolean): string {
  const stated = keys.text(attributes.StudyDate) ?? keys.text(attributes.ContentDate);
  if (stated !== null) return stated;
  // What de-identification puts where a date has to stand.
  if (isDeidentified) return removedMoment.slice(0, 10).replaceAll('-', '');
  throw new SystolaError(
    'malformed',
    'Its files have no date, which the directory of a medium has to say. Export the study another way.',
    study,
  );
}
