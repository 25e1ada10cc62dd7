import type { Attributes } from '../attributes.ts';
import type { FoundEcg } from './found-ecg.ts';
import { mostChannels, mostEcgBytes, mostGroups } from './limits.ts';
import { type SampleKind, sampleReader, widthOf } from './samples.ts';
import { leadIn, millivoltsIn, namesEcg } from './words.ts';

/** Waveform Sample Interpretation (5400,1006), PS3.3 C.10.9.1.5; companded sound is no ECG. */
const kinds: Readonly<Record<string, SampleKind>> = {
  ...{ SB: 'SB', UB: 'UB', SS: 'SS', US: 'US', SL: 'SL', UL: 'UL' },
};

interface EcgChannel {
  readonly group: Attributes;
  readonly channel: Attributes;
  readonly index: number;
  readonly lead: string | null;
}

/**
 * The ECG among the multiplex groups of a Waveform Sequence (5400,0100), PS3.3 C.10.9: lead II where there is one, as
 * monitors have it, else the first channel that is called an ECG. Channels that nothing calls so (pulse, breath, sound)
 * are none.
 */
export function ecgWaveform(attributes: Attributes): FoundEcg | null {
  const channels = attributes
    .items('x54000100')
    .slice(0, mostGroups)
    .flatMap((group) =>
      group
        .items('x003a0200')
        .slice(0, mostChannels)
        .flatMap((channel, index) => ecgChannel(group, channel, index)),
    );
  const ranked = [...channels].sort((a, b) => Number(b.lead === 'II') - Number(a.lead === 'II'));
  for (const one of ranked) {
    const found = samplesOf(attributes, one);
    if (found !== null) return found;
  }
  return null;
}

function ecgChannel(group: Attributes, channel: Attributes, index: number): EcgChannel[] {
  const [source] = channel.items('x003a0208');
  const value = source?.text('x00080100', 'SH') ?? null;
  const scheme = source?.text('x00080102', 'SH') ?? null;
  const meaning = source?.text('x00080104', 'LO') ?? null;
  const label = channel.text('x003a0203', 'SH');
  // CID 3001: ECG leads of ISO/IEEE 11073-10101, and of SCP-ECG before.
  const isCoded =
    (scheme === 'MDC' && /^2:\d{1,3}$/.test(value ?? '')) ||
    (scheme === 'SCPECG' && (value ?? '').startsWith('5.6.3-9'));
  const texts = [meaning, label, group.text('x003a0020', 'SH')];
  if (!isCoded && !texts.some(namesEcg)) return [];
  return [{ group, channel, index, lead: leadIn(meaning) ?? leadIn(label) }];
}

function samplesOf(image: Attributes, { group, channel, index, lead }: EcgChannel): FoundEcg | null {
  const channels = group.number('x003a0005', 'US') ?? 0;
  const stated = group.number('x003a0010', 'UL') ?? 0;
  const samplesPerSecond = group.number('x003a001a', 'DS') ?? 0;
  const kind = kinds[group.text('x54001006', 'CS') ?? ''];
  const bytes = group.largeBytes('x54001010', mostEcgBytes);
  if (kind === undefined || bytes === null || channels < 1 || channels > mostChannels || index >= channels) {
    return null;
  }
  // What the bytes hold counts, whatever number is stated.
  const samples = Math.min(stated, Math.floor(bytes.length / (widthOf(kind) * channels)));
  const read = sampleReader(bytes, kind, group.littleEndian);
  const padding = paddingOf(group, kind);
  const { scale, baseline, unit } = scaleOf(channel);
  return {
    ...{ source: 'waveform', lead, unit, samplesPerSecond, samples },
    startMs: startOf(image, group, samplesPerSecond),
    at: (sample) => {
      const value = read(sample * channels + index);
      return value === null || value === padding ? null : value * scale + baseline;
    },
  };
}

/** Waveform Padding Value (5400,100A), one sample as it lies in the data. */
function paddingOf(group: Attributes, kind: SampleKind): number | null {
  const bytes = group.bytes('x5400100a');
  return bytes === null ? null : sampleReader(bytes, kind, group.littleEndian)(0);
}

/** Channel Sensitivity (003A,0210) with its correction factor, baseline and units. */
function scaleOf(channel: Attributes): { scale: number; baseline: number; unit: 'mV' | null } {
  const sensitivity = channel.number('x003a0210', 'DS');
  const [units] = channel.items('x003a0211');
  const millivolts = millivoltsIn(units?.text('x00080100', 'SH') ?? null);
  if (sensitivity === null || !isScale(sensitivity) || millivolts === null) {
    return { scale: 1, baseline: 0, unit: null };
  }
  const correction = channel.number('x003a0212', 'DS') ?? 1;
  const scale = sensitivity * (isScale(correction) ? correction : 1) * millivolts;
  const baseline = (channel.number('x003a0213', 'DS') ?? 0) * millivolts;
  return Number.isFinite(baseline) && Math.abs(baseline) < 1e9
    ? { scale, baseline, unit: 'mV' }
    : { scale, baseline: 0, unit: 'mV' };
}

const isScale = (value: number): boolean => value !== 0 && Math.abs(value) > 1e-12 && Math.abs(value) < 1e12;

/**
 * When the first sample was taken: by Multiplex Group Time Offset (0018,1068), which counts from the acquisition that the
 * first frame begins; else by the trigger that both know, the sample at which it was (0018,106E) and the time from it to
 * the first frame (Trigger Time (0018,1060), or its offset (0018,1069)). null where nothing says it.
 */
function startOf(image: Attributes, group: Attributes, samplesPerSecond: number): number | null {
  const offset = group.number('x00181068', 'DS');
  if (offset !== null) return offset;
  const trigger = group.number('x0018106e', 'UL');
  const toFrame = image.number('x00181060', 'DS') ?? image.number('x00181069', 'DS');
  if (trigger === null || toFrame === null || !(samplesPerSecond > 0)) return null;
  return -(1000 * trigger) / samplesPerSecond - toFrame;
}
