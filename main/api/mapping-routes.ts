import { Hono } from 'hono';
import { mappingFileName, mappingRequestSchema } from '../../core/api/mapping.ts';
import { choicesByTag } from '../../core/deidentify/attribute-choices.ts';
import { patientMapping } from '../application/patient-mapping.ts';
import type { Services } from '../application/services.ts';
import { mappingCsv, type MappedClip } from '../deidentify/mapping.ts';
import { jsonBody } from './input.ts';

/** Who is who in what left without its patient. It is made when somebody asks for it and kept nowhere. */
export function mappingRoutes({ library, documents }: Services): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const { studies, preset, choices } = await jsonBody(context, mappingRequestSchema);
    const rows: MappedClip[] = [];
    for (const study of new Set(studies)) {
      const document = await documents.open(study);
      rows.push(...(await patientMapping(library, document, preset, choicesByTag(choices))));
    }
    return context.body(mappingCsv(rows) as Uint8Array<ArrayBuffer>, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${mappingFileName}"`,
    });
  });
  return routes;
}
