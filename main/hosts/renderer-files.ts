import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Nothing but our own files and the API; Cornerstone's codecs and workers are WebAssembly and blobs. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "font-src 'self' data:",
  "connect-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "webrtc 'block'",
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
};

/**
 * A file of the built renderer as a response, with the content security policy.
 * @param folder folder of the built renderer
 * @param pathname path of the URL, percent-encoded; "/" is index.html
 * @returns 404 for what is not there, is no file, or lies outside the folder
 */
export async function rendererFile(folder: string, pathname: string): Promise<Response> {
  const name = fileName(pathname);
  const contentType = name === null ? undefined : contentTypes[extname(name).toLowerCase()];
  if (name === null || contentType === undefined) return notFound();
  try {
    const bytes = await readFile(join(folder, name));
    return new Response(new Uint8Array(bytes), {
      headers: {
        'content-type': contentType,
        'content-security-policy': contentSecurityPolicy,
        // Built files carry a hash in their names, the page does not.
        'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    });
  } catch {
    return notFound();
  }
}

/** The path below the folder; null for anything that could leave it. */
function fileName(pathname: string): string | null {
  let decoded;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  const name = decoded.replace(/^\/+/, '') || 'index.html';
  const parts = name.split('/');
  const leaves = parts.some((part) => part === '' || part === '.' || part === '..');
  return leaves || /[\\\0:]/.test(name) ? null : name;
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
