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
