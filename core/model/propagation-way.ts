/**
 * How a corrected contour comes to the frames around it. `displacement`: what the reader moved is added to the model's
 * own contours there. `memory`: the corrected mask is put into the model's recurrent state, and the model runs on from
 * it; for a model that was trained to heed a mask that is given.
 */
export const propagationWays = ['displacement', 'memory'] as const;
export type PropagationWay = (typeof propagationWays)[number];

/** The way of a model whose manifest does not say: it needs nothing of the model. */
export const defaultPropagation: PropagationWay = 'displacement';
