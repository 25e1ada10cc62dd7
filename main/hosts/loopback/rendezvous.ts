import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../files/write-atomically.ts';

/**
 * A file in the library, readable by its owner alone, by which a second start finds the host that has the library
 * open and asks it for another address. Neither sends the secret: each shows that it knows it. The name and the port
 * are kept from launch to launch, so that what a browser keeps for the window stays the window's.
 */
const rendezvousSchema = z.object({
  /** First label of the host's own name. */
  name: z.string().regex(/^[0-9a-f]{20}$/),
  port: z.number().int().min(1).max(65_535),
  /** Of the host that is running; null when none is. */
  secret: z.string().min(40).max(100).nullable(),
});
export type Rendezvous = z.infer<typeof rendezvousSchema>;

export const anotherAddressPath = '/another-address';

/** How long the running host may take to answer, ms. */
const answerMs = 10_000;

const path = (libraryPath: string): string => join(libraryPath, 'loopback.json');

/** What the last launch over this library left; null when there was none or it cannot be read. */
export async function readRendezvous(libraryPath: string): Promise<Rendezvous | null> {
  try {
    return rendezvousSchema.parse(JSON.parse(await readFile(path(libraryPath), 'utf8')));
  } catch {
    return null;
  }
}

/** A library on a full or read-only disk is served all the same; a second start cannot find it then. */
export async function leaveRendezvous(libraryPath: string, rendezvous: Rendezvous): Promise<void> {
  try {
    // Whole or as it was: without it the window would get another address, where what a browser kept is not found.
    await writeAtomically(path(libraryPath), JSON.stringify(rendezvous), 0o600);
  } catch {
    return;
  }
}

export function newName(): string {
  return randomBytes(10).toString('hex');
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Asks the host that has the library open for an address.
 * @returns null when none is running, or what answers is not that host
 */
export async function askForAddress(libraryPath: string): Promise<string | null> {
  const found = await readRendezvous(libraryPath);
  if (found === null || found.secret === null) return null;
  const nonce = newSecret();
  try {
    const response = await fetch(`http://127.0.0.1:${found.port}${anotherAddressPath}`, {
      method: 'POST',
      headers: { 'x-systola-nonce': nonce, 'x-systola-proof': proof(found.secret, 'ask', nonce) },
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    });
    if (!response.ok) return null;
    const { url, proof: given } = z
      .object({ url: z.string(), proof: z.string() })
      .parse(await response.json());
    return isSame(given, proof(found.secret, 'answer', `${nonce} ${url}`)) ? url : null;
  } catch {
    return null;
  }
}

/**
 * The running host's answer to {@link askForAddress}.
 * @param newUrl makes an address that works once
 * @returns null when whoever asks does not know the secret
 */
export function answerForAddress(request: Request, secret: string, newUrl: () => string): Response | null {
  const nonce = request.headers.get('x-systola-nonce') ?? '';
  if (nonce.length < 40 || nonce.length > 100) return null;
  if (!isSame(request.headers.get('x-systola-proof') ?? '', proof(secret, 'ask', nonce))) return null;
  const url = newUrl();
  return Response.json(
    { url, proof: proof(secret, 'answer', `${nonce} ${url}`) },
    { headers: { 'cache-control': 'no-store' } },
  );
}

function proof(secret: string, purpose: 'ask' | 'answer', text: string): string {
  return createHmac('sha256', secret).update(`${purpose} ${text}`).digest('base64url');
}

function isSame(given: string, wanted: string): boolean {
  const offered = Buffer.from(given);
  const expected = Buffer.from(wanted);
  return offered.length === expected.length && timingSafeEqual(offered, expected);
}
