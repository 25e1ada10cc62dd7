/** Names of leads (DICOM CID 3001): limb, augmented, chest and monitor leads. */
const lead = /(?:^|[^A-Za-z0-9])(aVR|aVL|aVF|V[1-9]R?|MCL[1-6]?|III|II|I)(?:$|[^A-Za-z0-9])/i;

const spelt = ['aVR', 'aVL', 'aVF', 'III', 'II', 'I'] as const;

/** The lead that a text names, in the usual spelling; null where it names none. Nothing else of the text is kept. */
export function leadIn(text: string | null): string | null {
  const found = text === null ? null : lead.exec(text)?.[1];
  if (found === undefined || found === null) return null;
  return spelt.find((name) => name.toLowerCase() === found.toLowerCase()) ?? found.toUpperCase();
}

/** Whether a text calls what it names an ECG. */
export const namesEcg = (text: string | null): boolean =>
  text !== null && (/\b(?:ecg|ekg|electrocardiogra)/i.test(text) || /^\s*lead\b/i.test(text));

/** How many millivolts a unit is; null for what is no voltage. UCUM in waveforms, old abbreviations in curves. */
export function millivoltsIn(unit: string | null): number | null {
  switch (unit?.trim()) {
    case 'mV':
    case 'MV':
    case 'mv':
      return 1;
    case 'uV':
    case 'UV':
    case '\u00b5V':
      return 1e-3;
    case 'V':
    case 'VOLT':
      return 1000;
    default:
      return null;
  }
}
