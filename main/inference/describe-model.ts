import type { LoadedModel } from './loaded-model.ts';
import type { ModelDescription } from './protocol.ts';

/** What the inference process has to be told of a model. */
export function describeModel({ manifest, graphPath }: LoadedModel): ModelDescription {
  const { name, graph, input } = manifest;
  return { name, graphPath, graph, rows: input.height, columns: input.width };
}
