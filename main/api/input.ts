import type { Context } from 'hono';
import { z } from 'zod';
import { SystolaError } from '../../core/error.ts';

/** Largest JSON body of most requests: a few names, or the layout. */
const largestJsonBytes = 1024 * 1024;
/** A contour of thirty-six points on each of twenty thousand frames, before and after; 36 MB where it has twenty-one. */
export const largestRevisionBytes = 64 * 1024 * 1024;
/** Ten thousand paths of the longest. */
export const largestPathsBytes = 42 * 1024 * 1024;

/**
 * The request's JSON body, checked. A form of another site can send text, but no JSON without asking first.
 *
 * @throws SystolaError `bad-request` naming the field, `too-large`
 */
export async function jsonBody<T>(
  context: Context,
  schema: z.ZodType<T>,
  largestBytes = largestJsonBytes,
): Promise<T> {
  const text = await limitedText(context.req.raw, largestBytes);
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (text !== '' && type !== 'application/json') {
    throw new SystolaError('bad-request', 'The request is not of the type application/json.');
  }
  let value: unknown;
  try {
    value = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new SystolaError('bad-request', 'The request is no JSON.');
  }
  return checked(schema, value);
}

/** @throws SystolaError `bad-request` naming the field */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? '' : issue.path.map(String).join('.');
  throw new SystolaError('bad-request', `The request does not fit: ${where} ${issue?.message ?? ''}`.trim());
}

/** @throws SystolaError `bad-request` where the page may not name files and folders of the disk */
export function requirePaths(pathsFromPage: boolean): void {
  if (pathsFromPage) return;
  throw new SystolaError('bad-request', 'In a browser files are uploaded; paths of the disk are not taken.');
}

const frameNumber = z.coerce.number().int().min(0);

/** @throws SystolaError `bad-request` */
export function frameParameter(value: string | undefined): number {
  return checked(frameNumber, value === '' ? undefined : value);
}

async function limitedText(request: Request, largestBytes: number): Promise<string> {
  return Buffer.from(await limitedBytes(request, largestBytes)).toString('utf8');
}

/** @throws SystolaError `too-large` */
export async function limitedBytes(request: Request, largestBytes: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > largestBytes) {
      throw new SystolaError(
        'too-large',
        `The request is larger than ${Math.floor(largestBytes / 1024)} KiB.`,
      );
    }
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
