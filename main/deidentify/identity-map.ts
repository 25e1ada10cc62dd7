import { knownAge } from '../../core/deidentify/known-age.ts';
import { actionOf } from '../../core/deidentify/action.ts';
import type { Policy } from '../../core/deidentify/policy.ts';
import { shiftedIsoDate } from '../../core/deidentify/shifted-date.ts';
import type { ClipStage } from '../../core/clip/clip.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';
import type { Identifiers } from './identifiers.ts';
import type { ProjectKey } from './project-key.ts';
import { harmlessStage } from './stage-names.ts';

const sopInstanceUidTag = 0x0008_0018;
const seriesInstanceUidTag = 0x0020_000e;
const studyInstanceUidTag = 0x0020_000d;
const studyDateTag = 0x0008_0020;
const ageTag = 0x0010_1010;

/** What stands in the place of what identifies a patient's studies: the same in clips and in all that is made from them. */
export class IdentityMap {
  readonly policy: Policy;
  readonly pseudonym: string;
  readonly #key: ProjectKey;
  readonly #shiftDays: number;
  readonly #patient: string;

  /** @param patient as `patientIdentity` tells patients apart */
  constructor(key: ProjectKey, policy: Policy, patient: string) {
    this.policy = policy;
    this.pseudonym = key.pseudonym(patient);
    this.#key = key;
    this.#patient = patient;
    this.#shiftDays = key.shiftDays(patient);
  }

  readonly sopInstanceUid = (uid: string): string => this.#uid(sopInstanceUidTag, uid);
  readonly seriesInstanceUid = (uid: string): string => this.#uid(seriesInstanceUidTag, uid);

  /** Of a study's key in the library, which may be a UID with a number behind it (core/clip/study-key.ts). */
  studyInstanceUid(key: string): string {
    const uid = studyUidOf(key);
    return this.#uid(studyInstanceUidTag, uid) + key.slice(uid.length);
  }

  /** "2024-01-31", or that with a time; null where dates do not stay. */
  date(iso: string | null): string | null {
    if (iso === null) return null;
    const action = actionOf(studyDateTag, this.policy);
    if (action === 'keep') return iso;
    return action === 'shift' ? shiftedIsoDate(iso, this.#shiftDays) : null;
  }

  /** Of somebody who works here. */
  person(name: string): string {
    return name.trim() === '' ? '' : this.#key.alias(name.trim());
  }

  /** One whose name is nobody's. */
  stage(stage: ClipStage | null, identifiers: Pick<Identifiers, 'standIn'>): ClipStage | null {
    return harmlessStage(stage, identifiers, this.#key, this.#patient);
  }

  /** Whether an attribute stays as it is. */
  keeps(tag: number): boolean {
    return actionOf(tag, this.policy) === 'keep';
  }

  /** An age in the group that it may leave in; null where none does. */
  age(stated: string | undefined): string | null {
    return stated === undefined || actionOf(ageTag, this.policy) !== 'age' ? null : knownAge(stated);
  }

  #uid(tag: number, uid: string): string {
    return this.keeps(tag) ? uid : this.#key.uid(uid);
  }
}
