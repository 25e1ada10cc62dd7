import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { NodeTls } from '../../core/network/dicom-node.ts';
import type { ReceiverTls } from '../../core/network/receiver-settings.ts';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';

/** BCP 195, which PS3.15 annex B.9 asks for: TLS 1.2 or newer. */
const leastVersion = 'TLSv1.2';

/** @throws SystolaError for a file that cannot be read */
export async function clientTls(host: string, tls: NodeTls): Promise<ConnectionOptions> {
  const servername = tls.serverName ?? (isIP(host) === 0 ? host : null);
  return {
    minVersion: leastVersion,
    rejectUnauthorized: true,
    ...(await pems(tls)),
    ...(servername === null ? {} : { servername }),
  };
}

/** @throws SystolaError for a file that cannot be read */
export async function serverTls(tls: ReceiverTls): Promise<TlsOptions> {
  return {
    minVersion: leastVersion,
    ...(await pems(tls)),
    // Whoever sends shows a certificate of these authorities, or is not spoken to.
    ...(tls.authoritiesFile === null ? {} : { requestCert: true, rejectUnauthorized: true }),
  };
}

/** Only what there is a file for. */
async function pems({ authoritiesFile, certificateFile, keyFile }: NodeTls | ReceiverTls) {
  const [ca, cert, key] = await Promise.all([authoritiesFile, certificateFile, keyFile].map(pem));
  return { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) };
}

async function pem(file: string | null): Promise<Buffer | null> {
  if (file === null) return null;
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Why TLS could not be agreed on, in words; null where it was something else. */
export function tlsWords(error: NodeJS.ErrnoException): string | null {
  const code = error.code ?? '';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'its certificate is for another name; give that as its server name if it is right';
  }
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_/.test(code)) {
    return 'its certificate is of no authority that is trusted here; name the file of its authorities';
  }
  if (/^ERR_(SSL|TLS)|^EPROTO$|^ERR_OSSL/.test(code)) {
    return 'no secure connection could be agreed on; the node may not speak TLS, or want a certificate of Systola';
  }
  return null;
}

/** A certificate or a key that TLS does not take. */
export const unusablePem = (error: unknown, file: string): SystolaError =>
  new SystolaError('malformed', 'It is no certificate or key in PEM, or they do not fit together.', file, {
    cause: error,
  });
