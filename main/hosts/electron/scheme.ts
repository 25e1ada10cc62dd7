import { rendererFile } from '../renderer-files.ts';
import { withSecurityHeaders } from '../security-headers.ts';

export const scheme = 'systola';

/** Every page and request of the window lives here. */
export const origin = `${scheme}://app`;

/** What Chromium has to know about the scheme before it starts. */
export const privileges = {
  standard: true,
  secure: true,
  supportFetchAPI: true,
  stream: true,
  codeCache: true,
} as const;

/** Whether a URL is of the workstation's own origin. Node gives custom schemes the origin "null", hence by parts. */
export function isOwn(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null && parsed.protocol === `${scheme}:` && parsed.host === 'app' && parsed.username === ''
  );
}

/**
 * One handler for the scheme: `/api/` is the application, everything else a file of the renderer.
 * @param application Fetch-API handler of the application
 * @param rendererFolder folder of the built renderer
 */
export function schemeHandler(
  application: (request: Request) => Response | Promise<Response>,
  rendererFolder: string,
): (request: Request) => Promise<Response> {
  const answer = async (request: Request): Promise<Response> => {
    if (!isOwn(request.url)) return new Response('Not found', { status: 404 });
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/api/')) return application(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('Method not allowed', { status: 405, headers: { allow: 'GET, HEAD' } });
    }
    return rendererFile(rendererFolder, pathname);
  };
  return async (request) => withSecurityHeaders(await answer(request));
}
