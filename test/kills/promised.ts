import type { Acknowledged, Fate } from './plan.ts';

/** What was asked for a study, or one of its clips, or answered, last. */
export interface FateOf {
  readonly study: string;
  /** Null where it is about the study as a whole. */
  readonly instance: string | null;
  readonly fate: Fate;
}

/** What was acknowledged over all processes so far. */
export class Promised {
  /** Studies of revisions. */
  readonly revisions = new Map<number, string>();
  readonly clips = new Set<string>();
  readonly models = new Set<string>();
  readonly fates = new Map<string, FateOf>();
  /** Ids that the patient of a study may have now, and the studies that have it together. */
  readonly patients = new Map<
    string,
    { readonly ids: readonly string[]; readonly studies: readonly string[] }
  >();

  /** What one line says, but for backups and what is restored of them. */
  note(line: Acknowledged): void {
    if ('revision' in line) this.revisions.set(line.revision, line.study);
    if ('clips' in line) for (const clip of line.clips) this.clips.add(clip);
    if ('model' in line) this.models.add(line.model);
    if ('fate' in line) this.fates.set(`${line.study} ${line.instance ?? ''}`, line);
    if ('patient' in line) {
      for (const study of line.studies) {
        const before = this.patients.get(study)?.ids ?? [];
        const ids = line.done ? [line.patient] : [...before.slice(-1), line.patient];
        this.patients.set(study, { ids, studies: line.studies });
      }
    }
  }

  copy(): Promised {
    const copy = new Promised();
    for (const [id, study] of this.revisions) copy.revisions.set(id, study);
    for (const clip of this.clips) copy.clips.add(clip);
    for (const model of this.models) copy.models.add(model);
    for (const [key, fate] of this.fates) copy.fates.set(key, fate);
    for (const [study, patient] of this.patients) copy.patients.set(study, patient);
    return copy;
  }
}

/** The study of a clip that was built for these tests. */
export const studyOfClip = (sopInstanceUid: string): string =>
  sopInstanceUid.slice(0, sopInstanceUid.lastIndexOf('.'));

/** Where the apex of the contour of a study is that will be deleted: a number that nothing else in the library has. */
export function apexOfDeleted(studyInstanceUid: string): number {
  const [study = '', step = ''] = studyInstanceUid.split('.').reverse();
  return Number(`40.${step.padStart(4, '0')}${study}7`);
}
