import { z } from 'zod';
import { dicomNodesSchema } from '../network/dicom-node.ts';
import { defaultReceiver, receiverSettingsSchema } from '../network/receiver-settings.ts';

export const providerNames = ['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type ProviderName = (typeof providerNames)[number];

export const snomedSchemes = ['SCT', 'SRT'] as const;

export const moveOnChoices = ['never', 'to-review', 'always'] as const;
export const reportPageSizes = ['a4', 'letter'] as const;

/** How much the renderer may have remembered. */
export const mostEntries = 200;
/** Longer than the name of anything that a library brings along, such as a structure's id. */
export const entryNameSchema = z.string().max(96);
export const entrySchema = z.union([z.string().max(10_000), z.number(), z.boolean()]);
const layoutSchema = z
  .record(entryNameSchema, entrySchema)
  .refine(
    (layout) => Object.keys(layout).length <= mostEntries,
    `the layout has at most ${mostEntries} entries`,
  );

export const settingsSchema = z.strictObject({
  model: z.string().max(64).nullable(),
  provider: z.enum(providerNames),
  /** Budget of decoded frames kept in memory, MiB. */
  frameCacheMiB: z.number().int().min(64).max(16_384),
  /** Name written into revisions and reports. */
  reader: z.string().max(200),
  /** For which a reader signs; without it no DICOM report of an accepted study is verified. */
  organisation: z.string().max(64),
  /** BCP 47 tag of the language of window and report; see LanguageInfo. */
  language: z.string().min(2).max(35),
  bsaFormula: z.enum(['du-bois', 'mosteller']),
  /** Limit on the difference of long axes between A4C and A2C before it is flagged, %. */
  axisDifferenceLimitPercent: z.number().min(1).max(50),
  basalTiltLimitDegrees: z.number().min(1).max(60),
  /** Whether names of exported files, and tables, name the patient. */
  patientInFileNames: z.boolean(),
  /** Whether studies of the list are measured while nobody waits for it. */
  measureInBackground: z.boolean(),
  /** When the next study to review is opened after one was accepted: while the list shows those to review, or always. */
  moveOn: z.enum(moveOnChoices),
  /** Where studies may be sent to; nothing is dialled but these. */
  nodes: dicomNodesSchema,
  /** What studies may come by; nothing listens until it is on. */
  receiver: receiverSettingsSchema,
  /** Where the desktop exports to, as the reader chose it in the system's dialog; no request sets it. */
  exportFolder: z.string().max(4096).nullable(),
  /** Scheme of SNOMED codes in DICOM reports: SCT, or SRT for systems that know the older ones only. */
  snomedScheme: z.enum(snomedSchemes),
  /** Paper of the report. */
  reportPageSize: z.enum(reportPageSizes),
  /** BCP 47 tag of the report's language; null: that of the window. */
  reportLanguage: z.string().min(2).max(35).nullable(),
  /** File name of the report's template in the library; null: the one that comes along. */
  reportTemplate: z.string().max(255).nullable(),
  /** Lines under the organisation's name on the report. */
  siteAddress: z.string().max(300),
  /** Renderer's own remembered layout, opaque to the main side. */
  layout: layoutSchema,
});
export type Settings = z.infer<typeof settingsSchema>;

export const defaultSettings: Settings = {
  model: null,
  provider: 'auto',
  frameCacheMiB: 512,
  reader: '',
  organisation: '',
  language: 'en-GB',
  bsaFormula: 'du-bois',
  axisDifferenceLimitPercent: 10,
  basalTiltLimitDegrees: 15,
  patientInFileNames: false,
  measureInBackground: true,
  moveOn: 'to-review',
  nodes: [],
  receiver: defaultReceiver,
  exportFolder: null,
  snomedScheme: 'SCT',
  reportPageSize: 'a4',
  reportLanguage: null,
  reportTemplate: null,
  siteAddress: '',
  layout: {},
};
