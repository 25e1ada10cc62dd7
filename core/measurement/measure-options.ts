import type { Settings } from '../settings/settings.ts';

/** The settings that numbers and findings depend on. */
export type MeasureOptions = Pick<
  Settings,
  'bsaFormula' | 'axisDifferenceLimitPercent' | 'basalTiltLimitDegrees'
>;
