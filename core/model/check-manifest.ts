import type { ModelManifest } from './manifest.ts';

/** Values in one recurrent tensor; the largest of a GDKVM has a fiftieth of it. */
const largestState = 2 ** 24;

/**
 * What a manifest of the right form says that cannot be true at the same time; null when nothing. Whether the
 * graph agrees with it is another question, which takes the graph.
 */
export function manifestContradiction(manifest: ModelManifest): string | null {
  const { graph, input } = manifest;
  const { state, maskState } = graph;
  const mask = state.find(({ name }) => name === maskState);
  if (mask === undefined) return `graph.maskState "${maskState}" is not a state tensor`;
  const picture = [1, 1, input.height, input.width];
  if (mask.shape.join() !== picture.join()) {
    return `the mask state "${maskState}" is ${mask.shape.join('×')}, the picture ${picture.join('×')}`;
  }
  const large = state.find(({ shape }) => product(shape) > largestState);
  if (large !== undefined) return `the state tensor "${large.name}" of ${large.shape.join('×')} is too large`;
  const twice =
    named('state tensor', [...state.map(({ name }) => name)]) ??
    named('input', [graph.inputs.image, graph.inputs.firstFrame, ...state.map((one) => one.input)]) ??
    named('output', [graph.outputs.probability, ...state.map((one) => one.output)]);
  if (twice !== null) return twice;
  if (!(input.range[0] < input.range[1])) return 'input.range does not go from low to high';
  const row = manifest.accuracy.find(
    ({ value, lower95, upper95 }) => (lower95 ?? value) > value || (upper95 ?? value) < value,
  );
  if (row !== undefined) {
    return `accuracy: ${row.metric} on ${row.dataset} is ${row.value}, outside of its own interval`;
  }
  return null;
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function named(what: string, names: readonly string[]): string | null {
  const name = names.find((candidate, index) => names.indexOf(candidate) !== index);
  return name === undefined ? null : `the ${what} "${name}" is named twice`;
}
