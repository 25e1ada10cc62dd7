import {
  mostTracesBlockBytes,
  tracesBlockSchema,
  tracesBlockTags,
  type TracesBlock,
} from '../../../core/export/traces-block.ts';
import { studyUidOf } from '../../../core/clip/study-key.ts';
import { revisionFormat } from '../../../core/review/upcast.ts';
import type { Attributes } from '../attributes.ts';
import { tagName } from '../data-set.ts';
import type { ReadRegions } from './regions.ts';

/** The format of reviews in which the first block was written. */
const firstFormat = 5;
const group = tracesBlockTags.creator.tag >>> 16;
/** Blocks that private elements of one group can stand in (PS3.5 section 7.8.1). */
const firstBlock = 0x10;
const lastBlock = 0xff;

export const tracesBlockGroup = group;

/**
 * What a Systola wrote beside the tree, exactly: only where every region of the tree is there as it was written, so that
 * what another program changed since is not passed over. null where there is no such block, where it is of a version that
 * this one does not know, or where it does not belong to this tree; the tree counts then.
 */
export function ownTraces(attributes: Attributes, tree: ReadRegions): TracesBlock | null {
  const block = parsed(contentOf(attributes));
  if (block === null || block.format < firstFormat || block.format > revisionFormat) return null;
  if (block.studyInstanceUid !== studyUidOf(attributes.text('x0020000d', 'UI') ?? '')) return null;
  return isAsWritten(block, tree) ? block : null;
}

/** Others may have moved the block within its group. */
function contentOf(attributes: Attributes): Uint8Array | null {
  for (let block = firstBlock; block <= lastBlock; block += 1) {
    if (attributes.text(tagName(group, block), 'LO') !== tracesBlockTags.creator.value) continue;
    const element = (block << 8) | (tracesBlockTags.content.tag & 0xff);
    return attributes.largeBytes(tagName(group, element), mostTracesBlockBytes);
  }
  return null;
}

function parsed(bytes: Uint8Array | null): TracesBlock | null {
  if (bytes === null) return null;
  // A value of odd length was padded.
  const end = bytes.at(-1) === 0 ? bytes.length - 1 : bytes.length;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
    return tracesBlockSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function isAsWritten({ regions }: TracesBlock, tree: ReadRegions): boolean {
  if (tree.leftOut > 0 || tree.regions.length !== regions.length) return false;
  const there = new Map(tree.regions.map((region) => [region.trackingUid, region]));
  return regions.every((written) => {
    const region = there.get(written.trackingUid);
    return (
      region?.graphicDataSha256 === written.graphicDataSha256 &&
      region.sopInstanceUid === written.sopInstanceUid &&
      region.structure === written.structure &&
      region.frame === written.frame
    );
  });
}
