import type { Settings } from '../settings/settings.ts';

/** The settings that numbers and findings depend on. */
export const measureOptionNames = [
  'bsaFormula',
  'axisDifferenceLimitPercent',
  'basalTiltLimitDegrees',
] as const satisfies readonly (keyof Settings)[];

export type MeasureOptions = Pick<Settings, (typeof measureOptionNames)[number]>;
