import type { Settings } from '../api/requests.ts';

/** The settings that numbers and findings depend on. */
export type MeasureOptions = Pick<
  Settings,
  'bsaFormula' | 'axisDifferenceLimitPercent' | 'basalTiltLimitDegrees'
>;
