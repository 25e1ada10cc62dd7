import { randomBytes } from 'node:crypto';
import type { Language } from '../../../core/language/language.ts';

/** Answered without a session and to any page: that it can be reached is all that it says. */
export const reachablePath = '/reachable';

/** How long the browser may take to answer whether it resolves the host's own name, ms. */
const probeMs = 3000;

/**
 * The page that an address leads to: goes on under the host's own name where the browser resolves that (Chromium,
 * Firefox), else under 127.0.0.1.
 * @param words the language of the page
 * @param ownHost host and port of the own name
 * @param numericHost 127.0.0.1 and port
 * @param key lets the browser in where it goes on
 */
export function hostChoicePage(words: Language, ownHost: string, numericHost: string, key: string): Response {
  const at = (host: string): string => `http://${host}/?token=${key}`;
  return scriptPage(
    words,
    `const go = (address) => location.replace(address);
fetch(${JSON.stringify(`http://${ownHost}${reachablePath}`)}, { mode: 'no-cors', signal: AbortSignal.timeout(${probeMs}) })
  .then(() => go(${JSON.stringify(at(ownHost))}), () => go(${JSON.stringify(at(numericHost))}));`,
    { connect: `http://${ownHost}`, fallback: at(numericHost) },
  );
}

/**
 * The page that lets a browser in and goes on to the window: by script and not by a redirect, since the window's
 * cookie is not sent along a navigation that another origin began.
 * @param words the language of the page
 * @param cookie Set-Cookie of the new session
 */
export function welcomePage(words: Language, cookie: string): Response {
  const response = scriptPage(words, "location.replace('/');", { connect: null, fallback: '/' });
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
  words: Language,
  script: string,
  { connect, fallback }: { connect: string | null; fallback: string },
): Response {
  const nonce = randomBytes(16).toString('base64');
  const [opening, noScripts, goOn] = (['entry.opening', 'entry.no-scripts', 'entry.go-on'] as const).map(
    (id) => escaped(words.say(id)),
  );
  const page = `<!doctype html><html lang="${escaped(words.tag)}"><meta charset="utf-8"><title>Systola</title>
<style nonce="${nonce}">body { background: #0b0c0e; color: #d7dade; font: 16px sans-serif; margin: 3em }</style>
<p>${opening}</p><noscript><p>${noScripts} <a href="${fallback}">${goOn}</a></p></noscript>
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

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Words of a language file as text of a page. */
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? sign);
