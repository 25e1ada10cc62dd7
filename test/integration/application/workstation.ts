import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SystolaEvent } from '../../../core/api/events.ts';
import { createApplication, type Application } from '../../../main/hosts/application.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';

/** A GDKVM of a few thousand parameters with random weights: quick, and as real as any to everything around it. */
const microModel = resolve(import.meta.dirname, '../../fixtures/micro-model');
export const microName = 'gdkvm-micro-synthetic';

/** A folder with a copy of the micro model, which a test may damage. */
export async function modelFolder(parent: string): Promise<string> {
  const folder = join(parent, 'models');
  await mkdir(folder, { recursive: true });
  await cp(microModel, join(folder, microName), { recursive: true, force: true });
  return folder;
}

/** The application over a new library, and what tests ask of it again and again. */
export async function workstation(
  libraryPath: string,
  models?: string,
  sampleStudyPath?: string,
  recogniserFolders: readonly string[] = [],
) {
  const application = await createApplication({
    libraryPath,
    modelFolders: [models ?? (await modelFolder(libraryPath))],
    recogniserFolders,
    host: 'loopback',
    pathsFromPage: false,
    ...(sampleStudyPath === undefined ? {} : { sampleStudyPath }),
  });
  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    application.fetch(
      new Request(`http://127.0.0.1/api/${path}`, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      }),
    );
  const json = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T> => (await (await send(method, path, body)).json()) as T;
  return { application, send, json };
}

/** Uploads files as a browser does and returns the import's final state. */
export async function upload(application: Application, files: Readonly<Record<string, Uint8Array>>) {
  const call = async (method: string, path: string, body?: Uint8Array) => {
    const init = body === undefined ? { method } : { method, body: body as Uint8Array<ArrayBuffer> };
    const response = await application.fetch(new Request(`http://127.0.0.1/api/imports${path}`, init));
    return (await response.json()) as {
      importId: string;
      state: string;
      accepted: number;
      rejected: unknown[];
    };
  };
  const { importId } = await call('POST', '');
  for (const [name, bytes] of Object.entries(files)) {
    await call('PUT', `/${importId}/files?name=${encodeURIComponent(name)}`, bytes);
  }
  return call('POST', `/${importId}/finish`);
}

export const studyUid = '1.2.3.4.5';
export const clipUid = '1.2.3.4.5.1';

/** A small calibrated A4C loop with a dark ellipse that beats in a bright wall. */
export function apicalClip(options: DicomOptions = {}): Uint8Array {
  const rows = options.rows ?? 128;
  const columns = options.columns ?? 112;
  return buildDicom({
    rows,
    columns,
    frames: 8,
    frameTimeMs: 40,
    sopInstanceUid: clipUid,
    studyInstanceUid: studyUid,
    pixels: (frame) => ellipse(rows, columns, 1 - 0.2 * Math.sin((Math.PI * frame) / 8)),
    regions: [
      {
        box: [0, 0, columns - 1, rows - 1],
        spatialFormat: 1,
        dataType: 1,
        unitsX: 3,
        unitsY: 3,
        deltaX: 0.1,
        deltaY: 0.1,
      },
    ],
    ...options,
  });
}

function ellipse(rows: number, columns: number, scale: number): Uint8Array {
  const pixels = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const away = Math.hypot((x / columns - 0.5) / (0.17 * scale), (y / rows - 0.45) / (0.3 * scale));
      const speckle = ((x * 7919 + y * 104729) % 23) * 2;
      pixels[y * columns + x] = (away < 1 ? 12 : away < 1.5 ? 150 : 60) + speckle;
    }
  }
  return pixels;
}

/** The events of a window until `until` says that it has seen enough. */
export async function eventsUntil(
  application: Application,
  until: (event: SystolaEvent) => boolean,
  act: () => Promise<unknown>,
): Promise<SystolaEvent[]> {
  const abort = new AbortController();
  const response = await application.fetch(
    new Request('http://127.0.0.1/api/events', { signal: abort.signal }),
  );
  const seen: SystolaEvent[] = [];
  const reading = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const event = JSON.parse(line) as SystolaEvent;
        seen.push(event);
        if (until(event)) return;
      }
    }
  })();
  await act();
  await reading;
  abort.abort();
  return seen;
}
