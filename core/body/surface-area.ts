/** Formulas of body surface area; the one used is named beside every indexed value. */
export type BodySurfaceFormula = 'du-bois' | 'mosteller';

/**
 * Body surface area in m² from height in cm and weight in kg.
 * Du Bois and Du Bois 1916: 0.007184·H^0.725·W^0.425. Mosteller 1987 (N Engl J Med 317:1098): √(H·W/3600).
 */
export function bodySurfaceArea(heightCm: number, weightKg: number, formula: BodySurfaceFormula): number {
  return formula === 'du-bois'
    ? 0.007184 * heightCm ** 0.725 * weightKg ** 0.425
    : Math.sqrt((heightCm * weightKg) / 3600);
}
