/** Facts as an older reader wrote them: JSON of which no more is known than that. */
export type StoredFacts = Readonly<Record<string, unknown>>;

/** One version of the reader (main/dicom) by what it makes of a file that the one before did not. */
export interface ReaderVersion {
  readonly version: number;
  readonly change: string;
  /**
   * Gives the stored facts of a clip what this version added, as long as its file was not read again. It may meet facts
   * that have it already.
   */
  readonly clip?: (facts: StoredFacts) => StoredFacts;
  /** The same for the facts of a study. */
  readonly study?: (facts: StoredFacts) => StoredFacts;
  /** The same for the facts of a document. */
  readonly document?: (facts: StoredFacts) => StoredFacts;
}

export type FactsKind = 'clip' | 'study' | 'document';

/**
 * RAISE IT (append an entry) whenever the reader makes other facts of the same file: a field is added, or a value is
 * read in another way. Nothing else is to be done for libraries that exist: the next opening of a study reads its files
 * again (main/application/facts-renewal.ts), keeps what people said about it, and says which numbers changed.
 *
 * For a new field of ClipFacts or StudyFacts: add it to the type (core/clip/clip.ts), to the schema
 * (facts-schema.ts), and here with the value that stands where nobody has read it yet, for example
 * `{ version: 8, change: 'The stage of a stress echo is read.', clip: (facts) => ({ stage: null, ...facts }) }`.
 * Entries that were released never change.
 */
const readerVersions: readonly ReaderVersion[] = [
  { version: 1, change: 'The first.' },
  { version: 2, change: 'Texts and lists of a file are cut at a ceiling.' },
  {
    version: 3,
    change:
      'Stage and view of a stress protocol and the shape of pixels are read; a spectrum or M-mode without a two-dimensional region is no B-mode.',
    clip: (facts) => ({ pixelAspectRatio: null, stage: null, viewName: null, viewNumber: null, ...facts }),
  },
  {
    version: 4,
    change: 'What is missing, damaged or contradictory in a file is noted, and more of such files is read.',
    clip: (facts) => ({ oddities: [], ...facts }),
  },
  { version: 5, change: 'A stage without a name is called by its code.' },
  { version: 6, change: 'The ECG that a file brings along is read.' },
  { version: 7, change: 'Referrer, indication and the stated age are read.' },
  { version: 8, change: 'Diameters and thicknesses of structured reports are read, with their lines.' },
];

/** The version that today's reader writes. */
export const readerVersion = readerVersions.at(-1)?.version ?? 1;

/** Stored facts in the shape of today, with defaults for what their reader did not know. */
export function upcastFacts(
  what: FactsKind,
  version: number,
  facts: StoredFacts,
  versions: readonly ReaderVersion[] = readerVersions,
): StoredFacts {
  return versions
    .filter((step) => step.version > version)
    .reduce((upcast, step) => step[what]?.(upcast) ?? upcast, facts);
}
