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
  const tensors =
    tensorContradiction(graph, [graph.inputs.image, graph.inputs.firstFrame]) ??
    correctionContradiction(manifest);
  if (tensors !== null) return tensors;
  if (!(input.range[0] < input.range[1])) return 'input.range does not go from low to high';
  const row = manifest.accuracy.find(
    ({ value, lower95, upper95 }) => (lower95 ?? value) > value || (upper95 ?? value) < value,
  );
  if (row !== undefined) {
    return `accuracy: ${row.metric} on ${row.dataset} is ${row.value}, outside of its own interval`;
  }
  return null;
}

function correctionContradiction({ graph, correction }: ModelManifest): string | null {
  if (correction === undefined) return null;
  // Folders of some systems do not tell small letters from capitals.
  if (correction.file.toLowerCase() === graph.file.toLowerCase()) {
    return `correction.file is "${graph.file}", the model's own graph`;
  }
  const found = tensorContradiction(correction, Object.values(correction.inputs));
  return found === null ? null : `correction: ${found}`;
}

/** @param inputs names of those that are no state */
function tensorContradiction(
  { state, outputs }: Pick<ModelManifest['graph'], 'state' | 'outputs'>,
  inputs: readonly string[],
): string | null {
  const large = state.find(({ shape }) => product(shape) > largestState);
  if (large !== undefined) return `the state tensor "${large.name}" of ${large.shape.join('×')} is too large`;
  return (
    named('state tensor', [...state.map(({ name }) => name)]) ??
    named('input', [...inputs, ...state.map((one) => one.input)]) ??
    named('output', [outputs.probability, ...state.map((one) => one.output)])
  );
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function named(what: string, names: readonly string[]): string | null {
  const name = names.find((candidate, index) => names.indexOf(candidate) !== index);
  return name === undefined ? null : `the ${what} "${name}" is named twice`;
}
