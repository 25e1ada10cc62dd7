/** What the export dialog shows: what is asked for, the pictures that leave, or what becomes of single attributes. */
export type ExportStep = 'form' | 'masks' | 'attributes';
