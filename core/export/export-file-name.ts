import type { StudyFacts } from '../clip/clip.ts';
import { nameGroups } from '../wording/person-name.ts';
import type { ExportFormat } from './export-format.ts';

type Named = Pick<StudyFacts, 'studyInstanceUid' | 'studyDate' | 'patient'>;

/**
 * The name of an exported file, the only rule for it: "systola-report-2026-01-02-8f3a21c94e.pdf". The date and ten digits
 * of the study's own tell studies apart, also those of one day; the UID itself stays out, since some devices put a
 * patient's number into it. Patient's name and ID stand in it only where somebody asked for that. Letters, digits, points
 * and hyphens are all that it holds, at most 255 bytes: no file system refuses it.
 */
export function exportFileName(
  { studyInstanceUid, studyDate, patient }: Named,
  { content, extension }: Pick<ExportFormat, 'content' | 'extension'>,
  { withPatient = false }: { readonly withPatient?: boolean } = {},
): string {
  const date = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(studyDate ?? '');
  const [name = ''] = nameGroups(patient.name);
  const parts = [
    'systola',
    content,
    ...(withPatient ? [word(name), word(patient.patientId)] : []),
    date === null ? 'undated' : `${date[1]}-${date[2]}-${date[3]}`,
    fingerprint(studyInstanceUid),
  ];
  return `${parts.filter((part) => part !== '').join('-')}.${extension}`;
}

/** Whether a name is one that {@link exportFileName} can have given. */
export const isExportFileName = (name: string): boolean =>
  /^systola-[\p{L}\p{M}\p{N}-]{1,120}\.[a-z0-9]{1,8}$/u.test(name);

/** Characters of a patient's name or ID, at most four bytes each. */
const longestWord = 24;

function word(text: string): string {
  const plain = text.normalize('NFC').replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-');
  return [...plain.replaceAll(/^-|-$/g, '')].slice(0, longestWord).join('').replace(/-$/, '');
}

/** Ten hexadecimal digits of the 64-bit FNV-1a hash: enough to tell the studies of a library apart, and nothing else. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  // A UID is ASCII: a character is a byte.
  for (let i = 0; i < text.length; i += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0').slice(-10);
}
