import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { RejectedFile } from '../../../core/api/rejected-file.ts';
import { Receiver } from '../../../main/application/receiver.ts';
import type { ImportLimits } from '../../../main/import/limits.ts';
import type { NetworkLimits } from '../../../main/network/network-limits.ts';
import type { ListeningPlace } from '../../../main/network/store-server.ts';
import { importer, leftovers } from '../import/importer.ts';

const receivers: Receiver[] = [];
// Registered after the importers', and so run before them: a receiver stores into their libraries.
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});

const anywhere: ListeningPlace = { address: '127.0.0.1', port: 0, aeTitle: 'SYSTOLA', tls: null };

export interface Listening {
  readonly place?: Partial<ListeningPlace>;
  readonly limits?: Partial<NetworkLimits>;
  readonly importLimits?: Partial<ImportLimits>;
}

/** A receiver over a new library, at a port of the system's choice. */
export async function listening({ place = {}, limits = {}, importLimits = {} }: Listening = {}) {
  const imported = await importer(importLimits);
  const refused: RejectedFile[] = [];
  const defects: unknown[] = [];
  const receiver = new Receiver({
    library: imported.library,
    imports: imported.imports,
    limits,
    onState: () => undefined,
    onObject: (_, refusal) => {
      if (refusal !== null) refused.push(refusal);
    },
    onDefect: (error) => defects.push(error),
  });
  receivers.push(receiver);
  const port = await receiver.listen({ ...anywhere, ...place });
  const stored = (): Map<string, Buffer> =>
    new Map(
      leftovers(imported.path).files.map((name) => [name, readFileSync(join(imported.path, 'files', name))]),
    );
  return { ...imported, receiver, port, refused, defects, stored };
}
