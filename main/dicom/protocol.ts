import type { ClipFacts } from '../../core/clip/clip.ts';
import type { Attributes } from './attributes.ts';

/** Longer than an SH (16) or LO (64) may be, and than anybody reads. */
const longestName = 64;

/**
 * Where an instance stands in a stress protocol: Stage Name (0008,2120), else the meaning of its Stage Code Sequence
 * (0040,000A), Stage Number (0008,2122), View Name (0008,2127) and View Number (0008,2128), PS3.3 C.8.5.6 and C.8.5.6.1.
 */
export function readProtocol(attributes: Attributes): Pick<ClipFacts, 'stage' | 'viewName' | 'viewNumber'> {
  const name =
    shortText(attributes.text('x00082120')) ??
    shortText(attributes.items('x0040000a')[0]?.text('x00080104') ?? null);
  const number = ordinal(attributes.number('x00082122', 'IS'));
  return {
    stage: name === null && number === null ? null : { name, number },
    viewName: shortText(attributes.text('x00082127')),
    viewNumber: ordinal(attributes.number('x00082128', 'IS')),
  };
}

function shortText(text: string | null): string | null {
  const trimmed = text?.replace(/\s+/g, ' ').trim().slice(0, longestName) ?? '';
  return trimmed === '' ? null : trimmed;
}

function ordinal(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && Math.abs(value) < 1e6 ? value : null;
}
