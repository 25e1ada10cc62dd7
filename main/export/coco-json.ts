import { studyUidOf } from '../../core/clip/study-key.ts';
import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** The contours as annotation tools and training read them. */
export const cocoJson: Exporter = {
  id: 'coco',
  label: message('export.format.coco'),
  content: 'coco',
  extension: 'json',
  mediaType: 'application/json',
  async write({ document, measurements, softwareVersion }) {
    const [{ cocoOf }, { researchClips }] = await Promise.all([
      import('./research/coco.ts'),
      import('./research/measurement-rows.ts'),
    ]);
    const studyUid = studyUidOf(document.facts.studyInstanceUid);
    const set = cocoOf(researchClips(document, measurements), { studyUid, softwareVersion });
    return new TextEncoder().encode(`${JSON.stringify(set)}\n`);
  },
};
