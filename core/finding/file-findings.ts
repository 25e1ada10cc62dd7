import type { ClipFacts } from '../clip/clip.ts';
import type { FileOddity, TimingAttribute } from '../clip/oddity.ts';
import { decimalText } from '../wording/number-text.ts';
import type { Finding } from './finding.ts';

/** Beats by the R waves of a file may differ from its heart rate by this share: it is a mean, and rounded. */
const heartRateTolerance = 0.2;
/** Fewer R waves give no rate worth comparing. */
const leastRWaves = 3;

/** What is missing, damaged or contradictory in the file itself. */
export function fileFindings(facts: ClipFacts): Finding[] {
  const findings = facts.oddities.map((oddity) => findingOf(oddity, facts));
  const rate = rWaveRateBpm(facts);
  if (
    rate !== null &&
    facts.heartRateBpm !== null &&
    Math.abs(rate - facts.heartRateBpm) > heartRateTolerance * facts.heartRateBpm
  ) {
    findings.push(
      finding(
        'heart-rate-contradicts',
        'warning',
        `The file states a heart rate of ${facts.heartRateBpm} bpm, and its R waves give ${Math.round(rate)} bpm. Check the heart rate before using cardiac output.`,
      ),
    );
  }
  return findings;
}

/** True when frame times are kept from heart rate because the file contradicts itself, not for want of times. */
export function timesContradict({ oddities }: Pick<ClipFacts, 'oddities'>): boolean {
  return oddities.some(({ kind }) => kind === 'frame-rate-differs');
}

function findingOf(oddity: FileOddity, facts: ClipFacts): Finding {
  switch (oddity.kind) {
    case 'uid-derived':
      return finding('file-repaired', 'information', derivedWords(oddity));
    case 'damaged-parts':
      return finding(
        'file-repaired',
        'information',
        `${oddity.count === 1 ? 'A part' : `${oddity.count} parts`} of the file's header could not be understood and ${oddity.count === 1 ? 'was' : 'were'} left out. The pictures are not affected; check what is shown of patient and study.`,
      );
    case 'syntax-differs':
      return finding(
        'file-repaired',
        'information',
        `${oddity.stated === null ? 'The file does not say how its pixels are packed' : `The file says that its pixels are packed as ${oddity.stated}`}; they are packed as ${oddity.found} and were read so.`,
      );
    case 'frames-differ':
      return finding('frames-differ', 'warning', framesWords(oddity));
    case 'frame-rate-differs':
      return finding(
        'timing-contradicts',
        'warning',
        `The file contradicts itself about time: ${sourceName(facts)} gives ${perSecond(oddity.framesPerSecond)} frames a second, ${oddity.attribute} ${perSecond(oddity.otherFramesPerSecond)}. It is played by the first; heart rate and cardiac output are not read from these times. Enter the heart rate to get them.`,
      );
    case 'frame-times-cumulative':
      return finding(
        'timing-contradicts',
        'warning',
        'Frame Time Vector holds the time of each frame instead of the time between two, and was read so. Check the heart rate that it gives.',
      );
    case 'frame-times-unusable':
      return finding(
        'timing-contradicts',
        'warning',
        `${oddity.attribute} of the file cannot be used (${unusableWords(oddity.attribute)}): ${usedInstead(facts)}.`,
      );
    case 'spacing-differs':
      return finding(
        'spacing-contradicts',
        'warning',
        `The file gives two sizes of a pixel: ${millimetres(oddity.regionMm)} by its ultrasound region, ${millimetres(oddity.pixelSpacingMm)} by Pixel Spacing. The region counts (DICOM PS3.3 C.8.5.5). Compare the depth scale in the picture, and draw a ruler on it if the volumes seem wrong.`,
      );
  }
}

const uidNames = {
  'sop-instance': 'SOP Instance UID',
  series: 'Series Instance UID',
  study: 'Study Instance UID',
  'sop-class': 'SOP Class UID',
} as const;

const uidSources = {
  'file-header': 'the one in the file header stands for it',
  'patient-and-time':
    'one made from patient, date and time stands for it, so that files of one examination stay together',
  series: 'one made from the series stands for it',
  study: 'one made from the study stands for it',
  content: 'one made from the content of the file stands for it',
  modality: 'it was taken for ultrasound, as its modality says',
} as const;

function derivedWords({ what, from }: Extract<FileOddity, { kind: 'uid-derived' }>): string {
  return `The file has no valid ${uidNames[what]}; ${uidSources[from]}.`;
}

function framesWords({ stated, found, cutShort }: Extract<FileOddity, { kind: 'frames-differ' }>): string {
  const holds = `${found === 1 ? 'one whole frame' : `${found} whole frames`}`;
  if (stated === null)
    return `The file does not say how many frames it has. It holds ${holds}, which are shown and measured.`;
  if (cutShort && found < stated) {
    return `The file says that it has ${stated} frames and ends after ${holds}: these are shown and measured. Copy it again from its source to get the rest.`;
  }
  return `The file says that it has ${stated} frames and holds ${holds}, which are shown and measured. Check that none is missing.`;
}

function sourceName({ timing }: ClipFacts): string {
  if (timing.source === 'frame-time-vector') return 'Frame Time Vector';
  return timing.source === 'actual-frame-duration' ? 'Actual Frame Duration' : 'Frame Time';
}

function unusableWords(attribute: TimingAttribute): string {
  return attribute === 'Frame Time Vector'
    ? 'it has not one plausible time for each frame'
    : 'it is no plausible time';
}

function usedInstead({ timing }: ClipFacts): string {
  return timing.guessed
    ? 'the clip is played at a display rate, and heart rate is not read from it'
    : `${sourceName({ timing } as ClipFacts)} is used instead`;
}

function perSecond(rate: number): string {
  return decimalText(rate, Number.isInteger(Math.round(rate * 10) / 10) ? 0 : 1);
}

function millimetres([x, y]: readonly [number, number]): string {
  return Math.abs(x - y) < 0.0005
    ? `${decimalText(x, 3)} mm`
    : `${decimalText(x, 3)} × ${decimalText(y, 3)} mm`;
}

function rWaveRateBpm({ rWaveTimesMs }: ClipFacts): number | null {
  const waves = rWaveTimesMs.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (waves.length < leastRWaves) return null;
  const intervals = waves.slice(1).map((wave, index) => wave - waves[index]!);
  const medianMs = intervals.toSorted((a, b) => a - b)[intervals.length >> 1]!;
  return medianMs > 0 ? 60_000 / medianMs : null;
}

function finding(code: Finding['code'], severity: Finding['severity'], message: string): Finding {
  return { code, severity, message, sources: [] };
}
