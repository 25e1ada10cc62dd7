/** Texts of the report that a person may write; every other word of it is derived. */
export const reportFields = ['conclusion', 'indication', 'referrer', 'rhythm', 'quality'] as const;
export type ReportField = (typeof reportFields)[number];
