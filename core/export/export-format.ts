import type { Message } from '../language/message.ts';

/** A kind of file that a study can be written as, as far as window, menu and command line have to know. */
export interface ExportFormat {
  /** Lower case with hyphens: it stands in the address and on the command line. */
  readonly id: string;
  /** As a person chooses it: "Report (PDF)". */
  readonly label: Message;
  /** What the file holds, in one lower-case word of its name: "report". */
  readonly content: string;
  /** Of the file, without the point. */
  readonly extension: string;
  readonly mediaType: string;
}

/** What formats are for, in the order in which they are offered: people, other systems of a clinic, computing. */
export const exportGroups = ['report', 'dicom', 'research'] as const;
export type ExportGroup = (typeof exportGroups)[number];

/** A format as window, menu and command line are told of it. */
export interface OfferedFormat extends ExportFormat {
  readonly group: ExportGroup;
  /** Whether it is several files, which come as a folder, or where only one file can be given as ZIP. */
  readonly isFolder: boolean;
  /** Whether it is one of those that "dicom" stands for. */
  readonly isDefaultObject: boolean;
}
