import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { tensorsOf, type NamedTensor } from './graph-tensors.ts';
import type { GraphDescription } from './protocol.ts';

/** The graph is not the one that its manifest describes. */
export class GraphMismatch extends Error {}

/**
 * Compares names, types and shapes of the graph's tensors with the manifest; a symbolic dimension fits any size.
 * @throws GraphMismatch naming the first tensor that differs.
 */
export function checkGraph(session: InferenceSession, description: GraphDescription): void {
  const { inputs, outputs } = tensorsOf(description);
  checkSide('input', session.inputMetadata, inputs);
  checkSide('output', session.outputMetadata, outputs);
  const declared = new Set(inputs.map(({ name }) => name));
  const unknown = session.inputNames.find((name) => !declared.has(name));
  if (unknown !== undefined) {
    throw new GraphMismatch(`the graph has an input "${unknown}" that the manifest does not name`);
  }
}

/**
 * Compares the sizes of what a step returned with the manifest: a symbolic dimension may have promised anything.
 * @param wanted of the graph's outputs those that were asked for
 * @throws GraphMismatch naming the first tensor that differs.
 */
export function checkResults(
  results: Readonly<Record<string, Tensor>>,
  wanted: readonly NamedTensor[],
): void {
  for (const { name, shape } of wanted) {
    const dims = results[name]?.dims ?? [];
    if (dims.length === shape.length && dims.every((size, axis) => size === shape[axis])) continue;
    throw new GraphMismatch(
      `the output "${name}" came as ${dims.join('×')}, the manifest says ${shape.join('×')}`,
    );
  }
}

function checkSide(
  side: 'input' | 'output',
  metadata: readonly InferenceSession.ValueMetadata[],
  wanted: readonly NamedTensor[],
): void {
  for (const { name, shape } of wanted) {
    const value = metadata.find((candidate) => candidate.name === name);
    if (value === undefined) {
      const names = metadata.map((candidate) => candidate.name).join(', ');
      throw new GraphMismatch(`the manifest names the ${side} "${name}", the graph has ${names}`);
    }
    if (!value.isTensor || value.type !== 'float32') {
      throw new GraphMismatch(`the ${side} "${name}" is not a float32 tensor`);
    }
    const fits =
      value.shape.length === shape.length &&
      value.shape.every((size, axis) => typeof size === 'string' || size === shape[axis]);
    if (!fits) {
      throw new GraphMismatch(
        `the ${side} "${name}" is ${value.shape.join('×')} in the graph, ${shape.join('×')} in the manifest`,
      );
    }
  }
}
