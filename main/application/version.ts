import { readFileSync } from 'node:fs';

/** Version in package.json, which lies two folders up from the sources and three from what tsc emits. */
export const softwareVersion = readVersion();

function readVersion(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (parsed.name === 'systola' && parsed.version !== undefined) return parsed.version;
    } catch {
      // Not there; the next place is.
    }
  }
  return 'unknown';
}
