import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** One row a point of each contour. */
export const contoursCsv: Exporter = {
  id: 'contours-csv',
  label: message('export.format.contours-csv'),
  content: 'contours',
  extension: 'csv',
  mediaType: 'text/csv',
  async write({ document, measurements }) {
    const [{ csvOf }, { contourColumns }, { contourRows, contoursOf }, { researchClips }] = await Promise.all(
      [
        import('./research/csv.ts'),
        import('./research/contour-columns.ts'),
        import('./research/contour-rows.ts'),
        import('./research/measurement-rows.ts'),
      ],
    );
    const points = function* () {
      for (const clip of researchClips(document, measurements)) {
        for (const contour of contoursOf(clip)) yield* contourRows(contour);
      }
    };
    return csvOf(contourColumns, points());
  },
};
