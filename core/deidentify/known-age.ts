const oldest = 90;
const daysOf = { D: 1, W: 7, M: 30.4375, Y: 365.25 } as const;

/** An AS value; 90 years and more are one group, because so few people reach them (45 CFR 164.514). null of no age. */
export function knownAge(value: string): string | null {
  const match = /^(\d{3})([DWMY])$/.exec(value.trim());
  if (match === null) return null;
  const days = Number(match[1]) * daysOf[match[2] as keyof typeof daysOf];
  return days >= oldest * daysOf.Y ? `0${oldest}Y` : match[0];
}
