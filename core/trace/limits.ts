/** Two hinges, the apex and a point on either wall. */
export const leastControlPoints = 5;
/** The same limit as at the application's boundary (`traceSchema`). */
export const mostControlPoints = 200;
