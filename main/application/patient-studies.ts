import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import {
  mostStudies,
  type PatientStudies as Answer,
  type PatientStudy,
  type RelatedStudy,
} from '../../core/api/patient-studies.ts';
import { measureStudy } from '../../core/assessment/measure-study.ts';
import { SystolaError } from '../../core/error.ts';
import type { MeasureOptions } from '../../core/measurement/measure-options.ts';
import type { PatientAnswer } from '../../core/patient/patient-answers.ts';
import { type ComparableStudy, measuredStudy, signedStudy } from '../../core/prior/comparable-study.ts';
import type { WantedPrior } from '../../core/prior/held-against.ts';
import { newestFirst, priorTime, usualPrior } from '../../core/prior/prior-choice.ts';
import { priorClips } from '../../core/prior/prior-clip.ts';
import type { Library } from '../library/library.ts';
import type { OpenStudy } from '../library/open-studies.ts';
import type { RelatedFacts } from '../library/patient-store.ts';
import type { StudyDocuments } from './study-documents.ts';

interface Services {
  readonly library: Library;
  readonly documents: StudyDocuments;
}

interface Compared extends Pick<PatientStudy, 'numbers' | 'clips'> {
  /** Of all that the numbers were worked out from. */
  readonly madeFrom: string;
}

/** How many studies' numbers are kept in memory. */
const keptStudies = 200;

/** The studies of one patient beside each other: which they are, and with which numbers. */
export class PatientStudies {
  readonly #services: Services;
  readonly #known = new Map<string, Compared>();

  constructor(services: Services) {
    this.#services = services;
  }

  /**
   * The other studies of a study's patient, and those that may be. Whatever is shown of a study is in the audit log.
   *
   * @throws SystolaError `not-found`
   */
  async of(studyInstanceUid: string): Promise<Answer> {
    const { library, documents } = this.#services;
    const related = library.patients.related(studyInstanceUid);
    const ofOne = newestFirst(
      related
        .filter(({ relation }) => relation.patient === 'same')
        .map((one) => ({ ...one, studyInstanceUid: one.facts.studyInstanceUid, date: one.facts.studyDate })),
    );
    const studies: PatientStudy[] = [];
    for (const one of ofOne.slice(0, mostStudies)) {
      const study = this.#compared(one.facts.studyInstanceUid);
      if (study === null) continue;
      documents.recordAccess(one.facts, { asPriorOf: studyInstanceUid });
      studies.push({ ...relatedStudy(one), ...study });
      // A study takes some milliseconds to measure; pictures are asked for meanwhile.
      await turn();
    }
    const others = (patient: 'doubt' | 'different'): RelatedStudy[] =>
      related.filter(({ relation }) => relation.patient === patient).map(relatedStudy);
    return {
      studies,
      doubts: others('doubt').slice(0, mostStudies),
      parted: others('different').slice(0, mostStudies),
      more: Math.max(0, ofOne.length - mostStudies),
    };
  }

  /**
   * What a study's report may be held against: the one that is wanted, if it is of the same patient; else the earlier
   * ones, the newest first, down to the first that has an ejection fraction.
   */
  comparedWith(studyInstanceUid: string, wanted: WantedPrior): ComparableStudy[] {
    const { library, documents } = this.#services;
    const today = library.studyInPassing(studyInstanceUid).facts.studyDate;
    const ofPatient = library.patients
      .related(studyInstanceUid)
      .filter(({ relation }) => relation.patient === 'same')
      .map(({ facts }) => ({ facts, studyInstanceUid: facts.studyInstanceUid, date: facts.studyDate }));
    const found: ComparableStudy[] = [];
    const take = ({ facts }: (typeof ofPatient)[number]): ComparableStudy | null => {
      const study = this.#compared(facts.studyInstanceUid);
      if (study === null) return null;
      documents.recordAccess(facts, { asPriorOf: studyInstanceUid });
      found.push(study.numbers);
      return study.numbers;
    };
    if (wanted.by !== 'rule') {
      const one = ofPatient.find(({ studyInstanceUid: uid }) => uid === wanted.studyInstanceUid);
      if (one !== undefined) take(one);
      if (one !== undefined || wanted.by === 'signature') return found;
    }
    const earlier = newestFirst(ofPatient.filter(({ date }) => priorTime(date, today) === 'earlier'));
    for (const one of earlier.slice(0, mostStudies)) {
      const numbers = take(one);
      if (numbers === null) continue;
      if (usualPrior([numbers], today)?.measurements.some(({ name }) => name === 'EF')) break;
    }
    return found;
  }

  /** @throws SystolaError `not-found`, `bad-request`, `disk-full`, `library-damaged` */
  answer(studyInstanceUid: string, other: string, answer: PatientAnswer | null): void {
    this.#services.library.patients.answer(studyInstanceUid, other, answer);
  }

  /** null where the study cannot be read: it is named in the list of studies. */
  #compared(uid: string): Pick<PatientStudy, 'numbers' | 'clips'> | null {
    const { library } = this.#services;
    let open: OpenStudy;
    try {
      open = library.studyInPassing(uid);
    } catch (error) {
      if (error instanceof SystolaError) return null;
      throw error;
    }
    const { bsaFormula, axisDifferenceLimitPercent, basalTiltLimitDegrees } = library.settings();
    const options = { bsaFormula, axisDifferenceLimitPercent, basalTiltLimitDegrees };
    const madeFrom = sha256(JSON.stringify([open.head, options, open.facts, open.clips]));
    const known = this.#known.get(uid);
    const compared = known?.madeFrom === madeFrom ? known : { madeFrom, ...compare(open, options) };
    this.#known.delete(uid);
    this.#known.set(uid, compared);
    const [oldest] = this.#known.keys();
    if (this.#known.size > keptStudies && oldest !== undefined) this.#known.delete(oldest);
    return { numbers: compared.numbers, clips: compared.clips };
  }
}

/** What was signed is not measured again. */
function compare(study: OpenStudy, options: MeasureOptions): Pick<PatientStudy, 'numbers' | 'clips'> {
  const { facts, clips, review } = study;
  const numbers =
    signedStudy(study) ?? measuredStudy(study, measureStudy(facts, clips, review, options), options);
  return { numbers, clips: priorClips(clips, review, numbers.used) };
}

function relatedStudy({ facts, relation }: RelatedFacts): RelatedStudy {
  const { studyInstanceUid, studyDate, description, patient } = facts;
  return { studyInstanceUid, studyDate, description, patient, by: relation.by, doubts: relation.doubts };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
