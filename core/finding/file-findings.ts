import type { ClipFacts } from '../clip/clip.ts';
import type { FileOddity } from '../clip/oddity.ts';
import { message, type Message } from '../language/message.ts';
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
        message('finding.heart-rate-contradicts', { stated: facts.heartRateBpm, rate }),
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
        message('finding.file-repaired.damaged-parts', { count: oddity.count }),
      );
    case 'syntax-differs':
      return finding(
        'file-repaired',
        'information',
        oddity.stated === null
          ? message('finding.file-repaired.packing-not-stated', { found: oddity.found })
          : message('finding.file-repaired.packing', { stated: oddity.stated, found: oddity.found }),
      );
    case 'frames-differ':
      return finding('frames-differ', 'warning', framesWords(oddity));
    case 'frame-rate-differs':
      return finding(
        'timing-contradicts',
        'warning',
        message('finding.timing-contradicts.rates', {
          source: sourceName(facts),
          rate: tenths(oddity.framesPerSecond),
          attribute: oddity.attribute,
          otherRate: tenths(oddity.otherFramesPerSecond),
        }),
      );
    case 'frame-times-cumulative':
      return finding('timing-contradicts', 'warning', message('finding.timing-contradicts.cumulative'));
    case 'frame-times-unusable':
      return finding(
        'timing-contradicts',
        'warning',
        message('finding.timing-contradicts.unusable', {
          attribute: oddity.attribute,
          kind: oddity.attribute === 'Frame Time Vector' ? 'vector' : 'other',
          timing: facts.timing.guessed ? 'guessed' : 'other',
          source: sourceName(facts),
        }),
      );
    case 'spacing-differs':
      return finding(
        'spacing-contradicts',
        'warning',
        message('finding.spacing-contradicts', {
          region: pixelSize(oddity.regionMm),
          pixelSpacing: pixelSize(oddity.pixelSpacingMm),
        }),
      );
  }
}

const uidNames = {
  'sop-instance': 'SOP Instance UID',
  series: 'Series Instance UID',
  study: 'Study Instance UID',
  'sop-class': 'SOP Class UID',
} as const;

function derivedWords({ what, from }: Extract<FileOddity, { kind: 'uid-derived' }>): Message {
  return message(`finding.file-repaired.uid.${from}`, { uid: uidNames[what] });
}

function framesWords({ stated, found, cutShort }: Extract<FileOddity, { kind: 'frames-differ' }>): Message {
  if (stated === null) return message('finding.frames-differ.not-stated', { found });
  return message(cutShort && found < stated ? 'finding.frames-differ.cut-short' : 'finding.frames-differ', {
    stated,
    found,
  });
}

function sourceName({ timing }: ClipFacts): string {
  if (timing.source === 'frame-time-vector') return 'Frame Time Vector';
  return timing.source === 'actual-frame-duration' ? 'Actual Frame Duration' : 'Frame Time';
}

const tenths = (rate: number): number => Math.round(rate * 10) / 10;

function pixelSize([x, y]: readonly [number, number]): Message {
  return Math.abs(x - y) < 0.0005
    ? message('finding.spacing-contradicts.square', { size: x })
    : message('finding.spacing-contradicts.oblong', { width: x, height: y });
}

function rWaveRateBpm({ rWaveTimesMs }: ClipFacts): number | null {
  const waves = rWaveTimesMs.filter(Number.isFinite).toSorted((a, b) => a - b);
  if (waves.length < leastRWaves) return null;
  const intervals = waves.slice(1).map((wave, index) => wave - waves[index]!);
  const medianMs = intervals.toSorted((a, b) => a - b)[intervals.length >> 1]!;
  return medianMs > 0 ? 60_000 / medianMs : null;
}

function finding(code: Finding['code'], severity: Finding['severity'], words: Message): Finding {
  return { code, severity, message: words, sources: [] };
}
