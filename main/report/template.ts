import { z } from 'zod';

/** Sections of the first page, which whoever asked for the study reads. */
const firstSections = ['conclusion', 'numbers', 'pictures'] as const;
/** Sections of the pages behind it. */
const furtherSections = ['findings', 'planes', 'beats', 'documents', 'provenance'] as const;

/** Number of the format of a template's file; raised with what files of before would mean otherwise. */
const templateFormat = 'systola-report-template/1';

const once = (sections: readonly string[]): boolean => new Set(sections).size === sections.length;
const line = z
  .string()
  .trim()
  .max(160)
  .regex(/^\P{Cc}*$/u, 'a line has no control characters');

/**
 * What a house may arrange of its report. What every page says of its use, whose it is, what was signed, the findings and
 * how the numbers were made are in every report: a template has no word for leaving them out.
 */
export const templateSchema = z.strictObject({
  format: z.literal(templateFormat),
  /** As it is chosen from a list. */
  name: z.string().trim().min(1).max(60),
  /** In the place of the report's own title. */
  title: line.min(1).exactOptional(),
  /** Name and address of the house, in the place of those of the settings. */
  site: z.array(line).max(6).exactOptional(),
  /** A picture beside the template; null: none. Left out: that of the settings. */
  logo: z
    .string()
    .regex(/^[^/\\:\0]{1,200}\.(png|jpe?g|svg)$/i, 'a logo is a PNG, JPEG or SVG file beside the template')
    .nullable()
    .exactOptional(),
  /** Under the title. */
  opening: z.array(line).max(4).exactOptional(),
  /** Above the signature. */
  closing: z.array(line).max(6).exactOptional(),
  /** Sections of the first page in their order; those left out are not printed there. */
  first: z.array(z.enum(firstSections)).refine(once, 'a section stands once'),
  /** Sections of the further pages in their order. */
  further: z
    .array(z.enum(furtherSections))
    .refine(once, 'a section stands once')
    .refine(
      (sections) => sections.includes('findings') && sections.includes('provenance'),
      'findings and provenance are in every report',
    ),
});
export type ReportTemplate = z.infer<typeof templateSchema>;

/** The template that comes along: the conclusion first, then what it rests on. */
export const defaultTemplate: ReportTemplate = {
  format: templateFormat,
  name: 'Systola',
  first: [...firstSections],
  further: [...furtherSections],
};
