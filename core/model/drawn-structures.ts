/** The structure that every model contours and Systola measures: a graph of another one would be taken for it. */
export const contouredStructure = 'lv-cavity';

/**
 * Structures that a graph may draw beside the cavity, by the ids that core/structure gives them. A map of `lv-wall` is the
 * probability of lying within the epicardium, cavity and wall together, so that nowhere it is below the cavity's; one of
 * `left-atrium` that of lying in the atrium.
 */
export const structuresBesideCavity = ['lv-wall', 'left-atrium'] as const;
export type StructureBesideCavity = (typeof structuresBesideCavity)[number];

/** The part of a manifest that says which structures its graph draws. */
interface Drawing {
  readonly graph: {
    readonly outputs: { readonly structures?: Readonly<Record<string, string>> | undefined };
  };
}

/** The structures that a model draws beside the cavity, and the output of its graph that each one's map is. */
export function drawnBesideCavity({
  graph,
}: Drawing): readonly { readonly structure: StructureBesideCavity; readonly output: string }[] {
  const outputs = graph.outputs.structures ?? {};
  return structuresBesideCavity.flatMap((structure) => {
    const output = Object.hasOwn(outputs, structure) ? outputs[structure] : undefined;
    return output === undefined ? [] : [{ structure, output }];
  });
}
