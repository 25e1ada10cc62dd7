/** DA "20240131" (or the old "2024.01.31") as "2024-01-31"; null when it is no date of the calendar. */
export function isoDate(value: string | null): string | null {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(value ?? '');
  if (!match) return null;
  const [, year, month, day] = match.map(Number) as [number, number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1800;
  return exists ? `${match[1]}-${match[2]}-${match[3]}` : null;
}

/**
 * DT, or DA and TM, as "YYYY-MM-DDTHH:mm:ss" in the scanner's own time, without zone and fraction; null when the
 * date is missing or wrong. A missing time of day is midnight only where the value is a DT that leaves it out.
 */
export function isoDateTime(dateTime: string | null, time?: string | null): string | null {
  if (dateTime === null || time === null) return null;
  const compact = time === undefined ? dateTime : dateTime.replaceAll('.', '') + time.replaceAll(':', '');
  const match = /^(\d{8})(\d{2})?(\d{2})?(\d{2})?(?:\.\d+)?(?:[+-]\d{4})?$/.exec(compact);
  const date = isoDate(match?.[1] ?? null);
  if (!match || date === null) return null;
  const [hours, minutes, seconds] = [match[2] ?? '00', match[3] ?? '00', match[4] ?? '00'];
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  return `${date}T${hours}:${minutes}:${seconds}`;
}
