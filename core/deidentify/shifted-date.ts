const dayMs = 86_400_000;

/**
 * A DA value, or the DA range of a DT, moved by whole days; what is no date of the calendar gives null. Of a DT everything
 * behind the day stays as it is, so that intervals do.
 */
export function shiftedDate(value: string, days: number): string | null {
  const match = /^(\d{4})(\.?)(\d{2})\2(\d{2})((?:\d{2}){0,3}(?:\.\d{1,6})?(?:[+-]\d{4})?)$/.exec(value);
  if (match === null) return null;
  const [, year = '', , month = '', day = '', rest = ''] = match;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (Number(year) < 1000 || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return null;
  }
  const moved = new Date(date.getTime() + days * dayMs);
  const digits = moved.toISOString().slice(0, 10).replaceAll('-', '');
  return digits + rest;
}

/** "2024-01-31", or that and what follows it, moved by whole days; null of what is none. */
export function shiftedIsoDate(value: string, days: number): string | null {
  const moved = /^\d{4}-\d{2}-\d{2}/.test(value)
    ? shiftedDate(value.slice(0, 10).replaceAll('-', ''), days)
    : null;
  return moved === null
    ? null
    : `${moved.slice(0, 4)}-${moved.slice(4, 6)}-${moved.slice(6, 8)}${value.slice(10)}`;
}
