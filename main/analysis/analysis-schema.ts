import { z } from 'zod';
import { analysisSchema } from '../../core/analysis/analysis.ts';

/** JSON Schema (2020-12) of `analysis.json`, from the type that the application itself uses. */
export function analysisJsonSchema(): Record<string, unknown> {
  return {
    $id: 'urn:systola:analysis:2',
    title: 'Systola analysis',
    ...z.toJSONSchema(analysisSchema, { target: 'draft-2020-12' }),
  };
}
