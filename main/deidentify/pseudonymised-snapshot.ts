import { measureStudy } from '../../core/assessment/measure-study.ts';
import type { FramePixels } from '../../core/clip/clip.ts';
import { type KeepMask, keptPixels } from '../../core/deidentify/keep-mask.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';
import type { Policy } from '../../core/deidentify/policy.ts';
import { removedMoment } from '../../core/deidentify/removed-date.ts';
import { SystolaError } from '../../core/error.ts';
import { defaultSettings, type Settings } from '../../core/settings/settings.ts';
import { type ExportSnapshot, PicturesStay } from '../export/exporter.ts';
import { defaultTemplate } from '../report/template.ts';
import { Identifiers, type IdentifyingTexts } from './identifiers.ts';
import { IdentityMap } from './identity-map.ts';
import { patientIdentity } from './patient-identity.ts';
import type { ProjectKey } from './project-key.ts';
import { pseudonymisedClip, pseudonymisedStudy } from './pseudonymised-facts.ts';
import { pseudonymisedHistory, pseudonymisedReview } from './pseudonymised-review.ts';

export interface Deidentifier {
  readonly key: ProjectKey;
  readonly preset: PresetName;
  readonly policy: Policy;
  /** What the study's files name people by; null where one cannot be read, so that no word of it may stay. */
  readonly names: readonly IdentifyingTexts[] | null;
  /** What of a clip's pictures stays, by its SOP Instance UID in the library; null where nobody has said. */
  maskOf(sopInstanceUid: string): KeepMask | null;
  /** SHA-256 of the clip's file as it leaves; null where it does not. */
  fileOf(sopInstanceUid: string): string | null;
}

/**
 * A study without its patient, for every exporter: reports, tables and DICOM objects are made anew from it and never
 * scrubbed. Patient and UIDs are those of the clips that leave by the same key; numbers are measured again from what is
 * left, so that they are those that whoever imports it gets. Pictures are black outside of their masks.
 */
export function pseudonymisedSnapshot(snapshot: ExportSnapshot, deidentifier: Deidentifier): ExportSnapshot {
  const { document, settings } = snapshot;
  const { key, preset, policy, names, maskOf, fileOf } = deidentifier;
  const { patient, studyInstanceUid } = document.facts;
  const map = new IdentityMap(key, policy, patientIdentity(patient, studyInstanceUid));
  const identifiers =
    names === null ? Identifiers.anything() : Identifiers.of(textsOf(document.facts), ...names);
  const facts = pseudonymisedStudy(document.facts, map);
  const clips = document.clips.map((clip) => pseudonymisedClip(clip, map, identifiers));
  const review = pseudonymisedReview(document.review, map, (stage) => map.stage(stage, identifiers));
  const originals = new Map(
    document.clips.map(({ sopInstanceUid: uid }) => [map.sopInstanceUid(uid), uid] as const),
  );
  const ownSettings = pseudonymisedSettings(settings, map);
  return {
    document: {
      facts,
      clips,
      // What scanners and others wrote names the patient in ways of its own.
      documents: [],
      review,
      history: pseudonymisedHistory(document.history, map),
      head: document.head,
      // What runs now says nothing of the study, and its messages name files.
      runs: [],
    },
    // A child's numbers are graded by limits of adults nowhere, whether the age leaves or not.
    measurements: {
      ...measureStudy(facts, clips, review, ownSettings),
      ofChild: snapshot.measurements.ofChild,
    },
    settings: ownSettings,
    words: snapshot.words,
    // An earlier study tells its day, and templates name the house.
    prior: null,
    arrangement: () => Promise.resolve({ template: defaultTemplate, logo: null }),
    softwareVersion: snapshot.softwareVersion,
    createdAt: new Date(removedMoment),
    // The patient is a pseudonym, by which rows of one are known.
    withPatient: true,
    deidentified: { preset, policy, softwareVersion: snapshot.softwareVersion },
    frame: async (sopInstanceUid, frame) => {
      const original = originals.get(sopInstanceUid);
      if (original === undefined) throw noClip(sopInstanceUid);
      const mask = maskOf(original);
      if (mask === null) throw new PicturesStay(sopInstanceUid);
      return masked(await snapshot.frame(original, frame), mask);
    },
    greyDisplay: async (sopInstanceUid) => {
      const original = originals.get(sopInstanceUid);
      if (original === undefined) throw noClip(sopInstanceUid);
      return snapshot.greyDisplay(original);
    },
    // A predecessor would name what left with the patient.
    earlier: () => [],
    clip: () => Promise.resolve(null),
    original: (sopInstanceUid) => Promise.reject(original(sopInstanceUid)),
    files: async () =>
      new Map(
        [...(await snapshot.files())].flatMap(([original, { sound }]) => {
          const uid = map.sopInstanceUid(original);
          const sha256 = fileOf(original);
          return sha256 === null ? [] : [[uid, { fileName: `${uid}.dcm`, sha256, sound }] as const];
        }),
      ),
  };
}

/** What numbers and words depend on; who signs for which house, and where things are sent to, stays here. */
const pseudonymisedSettings = (settings: Settings, map: IdentityMap): Settings => ({
  ...defaultSettings,
  language: settings.language,
  reportPageSize: settings.reportPageSize,
  bsaFormula: settings.bsaFormula,
  axisDifferenceLimitPercent: settings.axisDifferenceLimitPercent,
  basalTiltLimitDegrees: settings.basalTiltLimitDegrees,
  snomedScheme: settings.snomedScheme,
  reader: map.person(settings.reader),
});

const noClip = (sopInstanceUid: string): SystolaError =>
  new SystolaError('not-found', 'There is no such clip.', sopInstanceUid);

/** Nothing that names the patient is given to an exporter, whatever it asks for. */
const original = (file: string): SystolaError =>
  new SystolaError('bad-request', 'Files as they were imported do not leave without their patient.', file);

/** What a study's patient is named by, as people corrected it. */
export function textsOf({ patient, accessionNumber }: ExportSnapshot['document']['facts']): IdentifyingTexts {
  const { name, patientId, birthDate } = patient;
  return {
    people: [name.alphabetic, name.ideographic, name.phonetic],
    numbers: [patientId, accessionNumber ?? '', birthDate?.replaceAll('-', '') ?? ''],
  };
}

function masked({ rows, columns, channels, data }: FramePixels, mask: KeepMask): FramePixels {
  const kept = keptPixels(mask, rows, columns);
  const shown = data.slice();
  for (let pixel = 0; pixel < kept.length; pixel += 1) {
    if (kept[pixel] === 1) continue;
    for (let at = pixel * channels; at < (pixel + 1) * channels; at += 1) shown[at] = 0;
  }
  return { rows, columns, channels, data: shown };
}
