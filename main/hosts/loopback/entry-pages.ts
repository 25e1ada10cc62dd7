import { randomBytes } from 'node:crypto';

/** Answered without a session and to any page: that it can be reached is all that it says. */
export const reachablePath = '/reachable';

/** How long the browser may take to answer whether it resolves the host's own name, ms. */
const probeMs = 3000;

/**
 * The page that an address leads to: goes on under the host's own name where the browser resolves that (Chromium,
 * Firefox), else under 127.0.0.1.
 * @param ownHost host and port of the own name
 * @param numericHost 127.0.0.1 and port
 * @param key lets the browser in where it goes on
 */
export function hostChoicePage(ownHost: string, numericHost: string, key: string): Response {
  const at = (host: string): string => `http://${host}/?token=${key}`;
  return scriptPage(
    `const go = (address) => location.replace(address);
fetch(${JSON.stringify(`http://${ownHost}${reachablePath}`)}, { mode: 'no-cors', signal: AbortSignal.timeout(${probeMs}) })
  .then(() => go(${JSON.stringify(at(ownHost))}), () => go(${JSON.stringify(at(numericHost))}));`,
    { connect: `http://${ownHost}`, fallback: at(numericHost) },
  );
}

/**
 * The page that lets a browser in and goes on to the window: by script and not by a redirect, since the window's
 * cookie is not sent along a navigation that another origin began.
 * @param cookie Set-Cookie of the new session
 */
export function welcomePage(cookie: string): Response {
  const response = scriptPage("location.replace('/');", { connect: null, fallback: '/' });
  response.headers.set('set-cookie', cookie);
  return response;
}

/** Says nothing but that the host can be reached by this name. */
export function reachable(): Response {
  return new Response(null, {
    status: 204,
    headers: { 'cache-control': 'no-store', 'cross-origin-resource-policy': 'cross-origin' },
  });
}

function scriptPage(
  script: string,
  { connect, fallback }: { connect: string | null; fallback: string },
): Response {
  const nonce = randomBytes(16).toString('base64');
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Systola</title>
<style nonce="${nonce}">body { background: #0b0c0e; color: #d7dade; font: 16px sans-serif; margin: 3em }</style>
<p>Opening Systola.</p><noscript><p>This browser runs no scripts here, which Systola needs. <a href="${fallback}">Go on</a></p></noscript>
<script nonce="${nonce}">${script}</script></html>`;
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    ...(connect === null ? [] : [`connect-src ${connect}`]),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return new Response(page, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
  });
}
