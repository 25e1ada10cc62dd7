/** What the list of studies says of a decision. */
export const decisionWords = { pending: '', accepted: '✓ accepted', rejected: '✕ rejected' } as const;
