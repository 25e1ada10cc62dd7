/**
 * How a corrected contour comes to the frames around it. `displacement`: what the reader moved is added to the model's
 * own contours there. `memory`: a network reads it from a memory. That of the correction network where the manifest names
 * one; else the model's own recurrent state, into which the corrected mask is put and from which the model runs on, for a
 * model that was trained to heed a mask that is given.
 */
export const propagationWays = ['displacement', 'memory'] as const;
export type PropagationWay = (typeof propagationWays)[number];

/** The way of a model whose manifest does not say: it needs nothing of the model. */
export const defaultPropagation: PropagationWay = 'displacement';
