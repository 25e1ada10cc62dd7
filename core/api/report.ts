import { z } from 'zod';
import type { Message } from '../language/message-value.ts';
import { reportFields } from '../review/report-field.ts';
import { mostTextCharacters } from '../review/schema.ts';

/*
 * GET    /api/report                           ReportMeans
 * PUT    /api/report/logo                      a picture's bytes -> ReportMeans
 * DELETE /api/report/logo                      -> ReportMeans
 * POST   /api/studies/:study/report-preview    ReportPreviewRequest -> the report as PDF, nothing of it recorded
 */

/** Of a file with the logo of the house. */
export const mostLogoBytes = 512 * 1024;

/** A way to arrange the report: the one that comes along, or a file of the library. */
export interface TemplateInfo {
  /** As `Settings.reportTemplate` has it; null of the one that comes along. */
  readonly file: string | null;
  readonly name: string;
  /** Why it cannot be used; null where it can. */
  readonly problem: Message | null;
}

/** What reports can be made with. */
export interface ReportMeans {
  readonly templates: readonly TemplateInfo[];
  /** The logo of the settings; null where there is none. */
  readonly logo: { readonly file: string; readonly problem: string | null } | null;
}

/** Texts that stand in the fields of the preview and are not recorded; null: back to what is proposed. */
export const reportPreviewSchema = z.strictObject({
  texts: z.partialRecord(z.enum(reportFields), z.string().max(mostTextCharacters).nullable()),
});
export type ReportPreviewRequest = z.infer<typeof reportPreviewSchema>;
