/** What every answer carries that brings no policy of its own: as a document it may do nothing at all. */
const nothing = "default-src 'none'; sandbox; frame-ancestors 'none'";

/**
 * The answer with the headers that keep it to the workstation's own page: a content security policy (its own, or one
 * that allows nothing), and no other origin may embed it (CORP), share its window (COOP) or guess its type.
 */
export function withSecurityHeaders(response: Response): Response {
  const { headers } = response;
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', nothing);
  headers.set('cross-origin-opener-policy', 'same-origin');
  if (!headers.has('cross-origin-resource-policy')) {
    headers.set('cross-origin-resource-policy', 'same-origin');
  }
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  return response;
}
