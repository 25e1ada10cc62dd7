import { keyOf, wholePicture } from '../fixtures/deidentify/deidentified.ts';
import { policyOf } from '../../core/deidentify/policy.ts';
import { ProjectKey } from '../../main/deidentify/project-key.ts';
import { pseudonymisedSnapshot } from '../../main/deidentify/pseudonymised-snapshot.ts';
import type { ExportSnapshot } from '../../main/export/exporter.ts';

/** The study without its patient, as somebody who looked at all pictures exports it. */
const withoutPatient = (snapshot: ExportSnapshot): ExportSnapshot =>
  pseudonymisedSnapshot(snapshot, {
    ...{ key: new ProjectKey(keyOf(7)), preset: 'longitudinal', policy: policyOf('longitudinal'), names: [] },
    ...{ maskOf: () => wholePicture, fileOf: () => null },
  });

/** The study after it was exported once before in every format: each object has a predecessor. */
const amended = (snapshot: ExportSnapshot): ExportSnapshot => ({
  ...snapshot,
  document: { ...snapshot.document, head: snapshot.document.head + 1 },
  earlier: () =>
    [null, ...snapshot.document.clips.map(({ sopInstanceUid }) => sopInstanceUid)].map((clip, index) => ({
      ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.66.4', sopInstanceUid: `2.25.77${index}` },
      ...{ seriesInstanceUid: '2.25.76', sha256: '0'.repeat(64), clip },
      ...{ head: snapshot.document.head, at: '2026-01-01T00:00:00Z' },
    })),
});

/** Every third seeded study is as it is, one without its patient, one amended. */
export const variants = [(snapshot: ExportSnapshot) => snapshot, withoutPatient, amended] as const;
