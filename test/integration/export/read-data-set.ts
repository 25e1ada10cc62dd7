import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { ExportedFile, ExportSnapshot, FolderExporter } from '../../../main/export/exporter.ts';

export interface ReadNifti {
  readonly shape: number[];
  readonly zooms: number[];
  readonly units: string[];
  readonly orientation: string;
  readonly sameAffine: boolean;
  readonly type: string;
  readonly text: string;
  readonly pixels: string;
}

export interface ReadVideo {
  readonly FileName: string;
  readonly EF: number;
  readonly ESV: number | null;
  readonly EDV: number | null;
  readonly FrameHeight: number;
  readonly FrameWidth: number;
  readonly FPS: number;
  readonly NumberOfFrames: number;
  readonly Split: string;
  readonly small: number;
  readonly large: number;
  readonly rows: number[];
  readonly longAxes: number[][];
  readonly masks: string[];
  readonly efOfChords: number;
  readonly read: number[];
  readonly rate: number;
  readonly pixels: string[];
}

export interface ReadDataSet {
  readonly nifti: Record<string, ReadNifti>;
  readonly png: Record<string, { mode: string; shape: number[]; pixels: string }>;
  readonly tables: Record<string, Record<string, string>[]>;
  readonly echonet: ReadVideo[] | null;
}

/** The files of a data set, by path. */
export async function filesOf(
  { files }: FolderExporter,
  snapshots: readonly ExportSnapshot[],
  signal = new AbortController().signal,
): Promise<Map<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  for await (const { path, bytes } of files(given(snapshots), signal)) {
    if (all.has(path)) throw new Error(`${path} is there twice`);
    if (!/^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/.test(path))
      throw new Error(`${path} is no path of an export`);
    all.set(path, bytes);
  }
  return all;
}

async function* given(snapshots: readonly ExportSnapshot[]): AsyncGenerator<ExportSnapshot> {
  yield* snapshots;
}

/** What other programs read of a data set; null where they are not installed, with a line. */
export function readByPython(
  folder: string,
  files: ReadonlyMap<string, ExportedFile['bytes']>,
): ReadDataSet | null {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  const python = process.env['SYSTOLA_PYTHON'] ?? 'python3';
  try {
    const text = execFileSync(python, [join(import.meta.dirname, 'read_data_sets.py'), folder], {
      encoding: 'utf8',
      maxBuffer: 1 << 29,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const read = JSON.parse(text) as ReadDataSet & { missing?: string };
    if (read.missing === undefined) return read;
    console.info(`${read.missing} is not installed for ${python}: data sets are read by no other program`);
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.info('Python is not installed: data sets are read by no other program');
    return null;
  }
}

/** Pixels as the script packs them. */
export const unpacked = (pixels: string | undefined): Uint8Array =>
  new Uint8Array(inflateSync(Buffer.from(pixels ?? '', 'base64')));
