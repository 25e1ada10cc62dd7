import { drawnBesideCavity } from '../../core/model/drawn-structures.ts';
import type { GraphDescription } from './protocol.ts';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Tensors of a graph as its manifest has them; all are float32. */
export interface GraphTensors {
  /** Inputs that are no state. */
  readonly shown: readonly NamedTensor[];
  readonly inputs: readonly NamedTensor[];
  readonly outputs: readonly NamedTensor[];
  /** Those of the outputs that are maps of structures beside the cavity. */
  readonly structures: readonly (NamedTensor & { readonly structure: string })[];
}

export function tensorsOf(description: GraphDescription): GraphTensors {
  const { graph, rows, columns } = description;
  const picture = [1, 1, rows, columns];
  const shown = shownTensors(description, picture);
  const drawn = description.role === 'contours' ? drawnBesideCavity(description) : [];
  const structures = drawn.map(({ structure, output }) => ({ structure, name: output, shape: picture }));
  return {
    shown,
    inputs: [...shown, ...graph.state.map(({ input, shape }) => ({ name: input, shape }))],
    outputs: [
      { name: graph.outputs.probability, shape: picture },
      ...structures.map(({ name, shape }) => ({ name, shape })),
      ...graph.state.map(({ output, shape }) => ({ name: output, shape })),
    ],
    structures,
  };
}

function shownTensors(description: GraphDescription, picture: readonly number[]): NamedTensor[] {
  if (description.role === 'contours') {
    const { image, firstFrame } = description.graph.inputs;
    return [
      { name: image, shape: picture },
      { name: firstFrame, shape: [1] },
    ];
  }
  const { image, found, given, isGiven } = description.graph.inputs;
  return [...[image, found, given].map((name) => ({ name, shape: picture })), { name: isGiven, shape: [1] }];
}
