import { SystolaError } from '../../../core/error.ts';
import { writeTracesBlock } from '../../../core/export/write-traces-block.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { codes } from '../../dicom/write/codes.ts';
import {
  codeValue,
  containerItem,
  imageItem,
  inEnglishItem,
  related,
  type RelatedItem,
} from '../../dicom/write/content-item.ts';
import type { WrittenObject } from '../../dicom/write/write-object.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { refuseRejected, signerOf } from './document-state.ts';
import { measurableTraces } from './measurable-traces.ts';
import { observers } from './observers.ts';
import { clipReference } from './references.ts';
import { regionGroup } from './region-group.ts';
import { writeStructuredReport } from './structured-report.ts';
import { type DrawnFrames, tracedRegions, type TracedRegion } from './traced-regions.ts';
import { tracesBlockElements } from './traces-block-elements.ts';

/** Imaging Measurement Report (PS3.16). */
const template = '1500';

/**
 * The contours as a Comprehensive SR by TID 1500, each a planar region of interest (TID 1410) on its frame. All contours of
 * the study, drawn as regions or not, and what was said of its clips stand in a private block, from which another library
 * has them back exactly.
 *
 * @param format under which it is exported
 * @throws SystolaError where there is no contour or the study was rejected; NotWritable
 */
export function contourReport(
  snapshot: Omit<ExportSnapshot, 'frame' | 'files' | 'words'>,
  { drawn, format }: { readonly drawn: DrawnFrames; readonly format: string },
): WrittenObject {
  const { document, measurements, settings, softwareVersion } = snapshot;
  refuseRejected(document);
  const regions = tracedRegions(snapshot, drawn);
  if (regions.length === 0) {
    throw new SystolaError(
      'not-writable',
      'The study has no contour that can be written. Contour a clip first.',
    );
  }
  const groups = groupsOf(snapshot, regions);
  const clips = [...new Set(regions.map(({ clip }) => clip))];
  const root = containerItem(codes.imagingReport, [
    inEnglishItem,
    ...observers(softwareVersion, signerOf(document.review.decision, settings)),
    related('HAS CONCEPT MOD', codeValue(codes.procedureReported, codes.imagingProcedure)),
    related('CONTAINS', containerItem(codes.imageLibrary, [imageGroup(clips)])),
    related(
      'CONTAINS',
      containerItem(
        codes.imagingMeasurements,
        groups.map(({ item }) => related('CONTAINS', item)),
      ),
    ),
  ]);
  const block = writeTracesBlock({
    ...{ facts: document.facts, clips: document.clips, review: document.review, history: document.history },
    ...{ measurements, options: settings, softwareVersion },
    regions: groups.map(({ written }) => written),
  });
  return writeStructuredReport(snapshot, {
    series: {
      ...{ kind: 'contours', number: 9003 },
      description: 'Systola contours. Research use only. Not for diagnostic use.',
    },
    ...{ root, template, clips },
    earlier: snapshot.earlier(format),
    besides: tracesBlockElements(block),
  });
}

function groupsOf(
  { document, measurements }: Omit<ExportSnapshot, 'frame' | 'files' | 'words'>,
  regions: readonly TracedRegion[],
) {
  const measurable = new Map(
    [...new Set(regions.map(({ clip }) => clip))].map((clip) => {
      const review = document.review.clips[clip.sopInstanceUid];
      return [clip, review === undefined ? new Set() : measurableTraces(clip, review)] as const;
    }),
  );
  return regions.map((region) =>
    regionGroup({ document, measurements }, region, measurable.get(region.clip)?.has(region.trace) ?? false),
  );
}

const imageGroup = (clips: readonly ClipFacts[]): RelatedItem =>
  related(
    'CONTAINS',
    containerItem(codes.imageLibraryGroup, [
      related('HAS ACQ CONTEXT', codeValue(codes.modality, codes.ultrasound)),
      ...clips.map((clip) => related('CONTAINS', imageItem(clipReference(clip)))),
    ]),
  );
