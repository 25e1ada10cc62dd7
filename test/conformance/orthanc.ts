import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExportedObject } from './exported-object.ts';

/** Orthanc on this machine alone: an archive that objects are given to and fetched from. */
export class Orthanc implements AsyncDisposable {
  readonly #address: string;
  readonly #stop: () => Promise<void>;

  private constructor(address: string, stop: () => Promise<void>) {
    this.#address = address;
    this.#stop = stop;
  }

  /** @throws Error when it does not answer within a minute */
  static async start(): Promise<Orthanc> {
    const folder = await mkdtemp(join(tmpdir(), 'systola-orthanc-'));
    const port = await freePort();
    const configuration = {
      ...{ Name: 'Conformance', StorageDirectory: folder, IndexDirectory: folder, Plugins: [] },
      ...{ HttpPort: port, HttpBindAddresses: ['127.0.0.1'], RemoteAccessAllowed: false },
      ...{ AuthenticationEnabled: false, DicomServerEnabled: false },
    };
    const path = join(folder, 'orthanc.json');
    await writeFile(path, JSON.stringify(configuration));
    const child = spawn('Orthanc', [path], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    };
    const address = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 300; tries += 1) {
      const answer = await fetch(`${address}/system`).catch(() => null);
      if (answer?.ok === true) return new Orthanc(address, stop);
      await wait(200);
    }
    await stop();
    throw new Error('Orthanc does not answer.');
  }

  /** Gives the object to the archive and takes it back. */
  async problems({ bytes }: ExportedObject): Promise<string[]> {
    const given = await fetch(`${this.#address}/instances`, { method: 'POST', body: Uint8Array.from(bytes) });
    if (!given.ok) return [`refused with status ${given.status}`];
    const { ID, Status } = (await given.json()) as { ID: string; Status: string };
    if (Status !== 'Success' && Status !== 'AlreadyStored') return [`answered ${Status}`];
    const back = new Uint8Array(await (await fetch(`${this.#address}/instances/${ID}/file`)).arrayBuffer());
    return Buffer.compare(back, bytes) === 0 ? [] : ['gives other bytes back'];
  }

  /** Study Instance UIDs that it holds. */
  async studies(): Promise<string[]> {
    const ids = (await (await fetch(`${this.#address}/studies`)).json()) as string[];
    const studies = await Promise.all(
      ids.map(async (id) => (await (await fetch(`${this.#address}/studies/${id}`)).json()) as StudyAnswer),
    );
    return studies.map(({ MainDicomTags }) => MainDicomTags.StudyInstanceUID);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

interface StudyAnswer {
  readonly MainDicomTags: { readonly StudyInstanceUID: string };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
