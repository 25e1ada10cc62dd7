/* Writes core/analysis/analysis.schema.json; run it after changing core/analysis/analysis.ts. */
import { writeFileSync } from 'node:fs';
import { analysisJsonSchema } from './analysis-schema.ts';

const path = new URL('../../core/analysis/analysis.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(analysisJsonSchema(), null, 2)}\n`);
