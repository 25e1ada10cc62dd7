import { message } from '../../core/language/message.ts';
import type { Exporter } from './exporter.ts';

/** The document that `systola analyze` writes, of one study. */
export const analysisJson: Exporter = {
  id: 'json',
  label: message('export.format.json'),
  content: 'analysis',
  extension: 'json',
  mediaType: 'application/json',
  async write(snapshot) {
    const { writeAnalysis } = await import('./write-analysis.ts');
    return writeAnalysis([snapshot], snapshot.softwareVersion);
  },
};
