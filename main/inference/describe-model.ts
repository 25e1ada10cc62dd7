import type { LoadedModel } from './loaded-model.ts';
import type { CorrectionDescription, ModelDescription } from './protocol.ts';

/** What the inference process has to be told of a model. */
export function describeModel({ manifest, graphPath }: LoadedModel): ModelDescription {
  const { name, graph, input } = manifest;
  return { role: 'contours', name, graphPath, graph, rows: input.height, columns: input.width };
}

/** The same of the network that carries its corrections; null where it has none. */
export function describeCorrection({ manifest, correctionPath }: LoadedModel): CorrectionDescription | null {
  const { name, correction: graph } = manifest;
  if (graph === undefined || correctionPath === null) return null;
  return {
    role: 'corrections',
    name,
    graphPath: correctionPath,
    graph,
    rows: graph.height,
    columns: graph.width,
  };
}
