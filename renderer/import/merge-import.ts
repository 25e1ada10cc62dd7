import type { ImportState } from '../../core/api/requests.ts';

/**
 * What is known of an import after news of it. An event lists only the refused files that events before it did not;
 * null when some of those never came, so that the whole has to be asked for.
 */
export function mergeImport(known: ImportState | null, news: ImportState): ImportState | null {
  if (news.rejectedFrom === 0) return news;
  const before = known?.importId === news.importId ? known.rejected : [];
  if (before.length < news.rejectedFrom) return null;
  return { ...news, rejectedFrom: 0, rejected: [...before.slice(0, news.rejectedFrom), ...news.rejected] };
}
