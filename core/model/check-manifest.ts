import { contouredStructure, structuresBesideCavity } from './drawn-structures.ts';
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
  const drawn = graph.outputs.structures ?? {};
  const tensors =
    structureContradiction(manifest, Object.keys(drawn)) ??
    tensorContradiction(graph, [graph.inputs.image, graph.inputs.firstFrame], Object.values(drawn)) ??
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

/** @param drawn structures that have an output of their own */
function structureContradiction(
  { structures, structureConfidence = {} }: ModelManifest,
  drawn: readonly string[],
): string | null {
  if (drawn.includes(contouredStructure)) {
    return `graph.outputs.structures has "${contouredStructure}", whose map is graph.outputs.probability`;
  }
  const beside = structures.filter((name) => name !== contouredStructure);
  const known: readonly string[] = structuresBesideCavity;
  const unknown = [...beside, ...drawn].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const all = [contouredStructure, ...known].join(', ');
    return `structures: this version of Systola draws no "${unknown}", only ${all}`;
  }
  const unnamed = drawn.find((name) => !beside.includes(name));
  if (unnamed !== undefined) {
    return `graph.outputs.structures has "${unnamed}", which structures does not name`;
  }
  const missing = beside.find((name) => !drawn.includes(name));
  if (missing !== undefined) {
    return `structures names "${missing}", of which graph.outputs.structures has no output`;
  }
  const unsure = Object.keys(structureConfidence).find((name) => !drawn.includes(name));
  if (unsure !== undefined) {
    return `structureConfidence has "${unsure}", of which graph.outputs.structures has no output`;
  }
  return named('structure', structures);
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

/**
 * @param inputs names of those that are no state
 * @param maps outputs beside `probability` that are no state
 */
function tensorContradiction(
  { state, outputs }: Pick<ModelManifest['graph'], 'state' | 'outputs'>,
  inputs: readonly string[],
  maps: readonly string[] = [],
): string | null {
  const large = state.find(({ shape }) => product(shape) > largestState);
  if (large !== undefined) return `the state tensor "${large.name}" of ${large.shape.join('×')} is too large`;
  return (
    named('state tensor', [...state.map(({ name }) => name)]) ??
    named('input', [...inputs, ...state.map((one) => one.input)]) ??
    named('output', [outputs.probability, ...maps, ...state.map((one) => one.output)])
  );
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function named(what: string, names: readonly string[]): string | null {
  const name = names.find((candidate, index) => names.indexOf(candidate) !== index);
  return name === undefined ? null : `the ${what} "${name}" is named twice`;
}
