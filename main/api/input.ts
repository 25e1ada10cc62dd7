import type { Context } from 'hono';
import { z } from 'zod';
import { SystolaError } from '../../core/error.ts';

/** Largest JSON body; a revision over two thousand contours is well below it. */
const largestJsonBytes = 32 * 1024 * 1024;

/**
 * The request's JSON body, checked. A form of another site can send text, but no JSON without asking first.
 *
 * @throws SystolaError `bad-request` naming the field, `too-large`
 */
export async function jsonBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await limitedText(context.req.raw);
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

async function limitedText(request: Request): Promise<string> {
  if (request.body === null) return '';
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > largestJsonBytes) throw new SystolaError('too-large', 'The request is larger than 32 MiB.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
