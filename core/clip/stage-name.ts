/*
 * Words that stage names of stress protocols are made of, without accents and in capitals. SH allows 16 characters,
 * so that most names are one or two words.
 */

/** Rest or baseline, as scanners of several languages write them. */
const restWords = new Set(
  wordsOf(`REST RESTING BASELINE BASE BASAL BSL BSLN BLN RUHE RUHEBILD RUHEPHASE BASIS REPOS REPOSO RIPOSO REPOUSO
   RUST VILA HVILE LEPO KLID NYUGALOM SPOCZYNEK DINLENME ISTIRAHAT ПОКОЙ ПОКОЕ`),
);
/** The same where words are not set apart. */
const restCharacters = /安静|安靜|静息|靜息|휴식|안정/u;
/** What comes before: rest only where it is followed by what it comes before, or by nothing. */
const beforeWords = new Set(wordsOf('PRE BEFORE VOR AVANT ANTES PRIMA VOOR'));
/** The exercise or drug itself. Rest only with a word for "before" in front. */
const loadWords = new Set(
  wordsOf(`STRESS EXERCISE EX EXER LOAD BELASTUNG EFFORT ESFUERZO SFORZO ESFORCO DOBUTAMINE DOBUTAMIN DOBUTAMINA DSE DIPY
   DIPYRIDAMOLE ADENOSINE BIKE TREADMILL ERGOMETRY ERGOMETRIE INFUSION DRUG`),
);
/** Not rest, whatever stands beside it. */
const otherWords = new Set(
  wordsOf(`POST AFTER NACH APRES DESPUES DOPO APOS RECOVERY REC RECOV ERHOLUNG RECUPERATION RECUPERACION RECUPERO NACHRUHE
   NACHBELASTUNG PEAK MAX MAXIMUM MAXIMAL PIC PICO PICCO LOW HIGH MID INTERMEDIATE INT DOSE DOSIS IMMEDIATE IMMED IMM
   IMPOST IMPEX POSTEX POSTEXERCISE POSTSTRESS ATROPINE ATROPIN MCG UG WATT WATTS NON NOT NO NICHT KEIN SANS SIN`),
);

/** True for names of the resting stage: "REST", "Rest 1", "BASELINE", "in Ruhe", "au repos", "pre-exercise". */
export function saysRest(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => otherWords.has(word))) return false;
  const [first] = words;
  const loaded = words.some((word) => loadWords.has(word));
  if (first !== undefined && beforeWords.has(first)) return loaded || words.length === 1 || hasRest(words);
  return hasRest(words) && !loaded;
}

/** True for names of a stage that is surely not at rest: "PEAK", "Post", "Low dose", "post-rest". */
export function saysStress(name: string): boolean {
  const words = wordsOf(name);
  if (saysRest(name)) return false;
  return words.some((word) => otherWords.has(word) || loadWords.has(word));
}

function hasRest(words: readonly string[]): boolean {
  return words.some((word) => restWords.has(word) || restCharacters.test(word));
}

/** "Rest1", "PRE_EX" and "Post-Rest" are two words each; digits are none. */
function wordsOf(name: string): string[] {
  return (
    name
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .normalize('NFC')
      .toUpperCase()
      .match(/\p{L}+/gu) ?? []
  );
}
