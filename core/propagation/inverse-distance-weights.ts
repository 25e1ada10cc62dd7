/**
 * Weights by which values that are known at some places are blended at another one.
 *
 * Shepard's, `wᵢ ∝ 1 / dᵢ²`, among the nearest places alone: `wᵢ ∝ ((R − dᵢ) / (R · dᵢ))²` with R the distance of the
 * nearest place that is left out, so that a place comes in and goes out with a weight of zero, and nothing jumps on the
 * way. Where no place is left out R is infinite, and it is Shepard's own formula.
 *
 * D. Shepard, "A two-dimensional interpolation function for irregularly-spaced data", Proc. 23rd ACM National Conference,
 * 1968, pp. 517–524; the weights that end: R. Franke and G. Nielson, "Smooth interpolation of large sets of scattered
 * data", Int. J. Numer. Methods Eng. 15, 1980, pp. 1691–1704.
 *
 * @param distances to the places, in any unit, 0 or more; one that is not a number is taken for infinite
 * @param most how many places may count, 1 or more. Of more that are equally near the first count, alike.
 * @returns a weight for each place, 0…1; their sum is 1. A place at distance 0 has all of it, or shares it with others there.
 */
export function inverseDistanceWeights(distances: readonly number[], most: number): number[] {
  const known = distances.map((distance) => (Number.isNaN(distance) ? Infinity : distance));
  const order = known.map((_, place) => place).sort((a, b) => byDistance(known[a]!, known[b]!) || a - b);
  const counting = order.slice(0, most);
  const nearest = known[counting[0]!] ?? 0;
  const edge = known[order[most]!] ?? Infinity;
  const weights = new Array<number>(known.length).fill(0);
  for (const place of counting) weights[place] = unscaledWeight(known[place]!, nearest, edge);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  for (const place of counting) weights[place] = sum > 0 ? weights[place]! / sum : 1 / counting.length;
  return weights;
}

/** 1 for a place as near as the nearest, where none is left out. */
function unscaledWeight(distance: number, nearest: number, edge: number): number {
  if (distance === nearest) return edge === Infinity ? 1 : (1 - distance / edge) ** 2;
  if (distance === Infinity) return 0;
  return ((nearest / distance) * (1 - distance / edge)) ** 2;
}

/** Infinity less infinity is no number. */
function byDistance(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
