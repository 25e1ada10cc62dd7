/*
 * What only a desktop can do, as the renderer sees it. `window.systola` exists in Electron and nowhere else; its
 * presence is the only sign of the host that the renderer may look at.
 */

import type { MappingRequest } from '../../../../core/api/mapping.ts';
import type { BackupKind } from '../../../../core/api/care.ts';
import type { Listing } from '../../../../core/api/listing.ts';
import type { ErrorResponse } from '../../../../core/api/requests.ts';
import type { Message } from '../../../../core/language/message.ts';

/** What the application menu, or a second launch, asks the window to do. */
export type DesktopCommand =
  | {
      readonly command:
        | 'open-files'
        | 'open-folder'
        | 'show-export'
        | 'export-report'
        | 'undo'
        | 'redo'
        | 'show-keys'
        | 'show-about';
    }
  /** Files or folders given on the command line or opened from the desktop. */
  | { readonly command: 'import'; readonly paths: readonly string[] }
  /** Words that the reader has to see. */
  | { readonly command: 'tell'; readonly words: Message }
  /** To the window with the pictures: a study that was chosen in the worklist's window, and the list there. */
  | { readonly command: 'open-study'; readonly study: string; readonly listing: Listing }
  /** To the worklist's window: the study that is among the pictures. */
  | { readonly command: 'study-shown'; readonly study: string | null };

/** Where a file was written, null when the dialog was dismissed; or what kept it from being made or written. */
export type SavedExport = { readonly path: string | null } | { readonly error: ErrorResponse['error'] };

export interface SystolaDesktop {
  /**
   * Paths of dropped or chosen files and folders. Bodies of custom-scheme requests cannot carry files, so Electron
   * imports by path. Files that have no path (made in the page) are left out.
   */
  pathsOf(files: readonly File[]): string[];
  /** The system's dialog for one or more files; empty when dismissed. */
  chooseFiles(): Promise<string[]>;
  /** The system's dialog for one or more folders; empty when dismissed. */
  chooseFolder(): Promise<string[]>;
  /**
   * Asks where to put the study in one of SessionInfo.exportFormats, makes the file and writes it whole or not at all.
   * Like the dialogs above, it opens only after a key press, a click or a menu entry, one at a time.
   * @param suggestedName of core/export/export-file-name.ts
   */
  saveExport(studyInstanceUid: string, format: string, suggestedName: string): Promise<SavedExport>;
  /** Asks where to put the table of who is who, makes it and writes it for its owner alone; opens as `saveExport` does. */
  saveMapping(mapping: MappingRequest): Promise<SavedExport>;
  /**
   * The system's dialog for the folder that exports go to, which is kept in the settings; null when dismissed. No
   * request names a folder to write to: it is this one.
   */
  chooseExportFolder(): Promise<string | null>;
  /** Shows what an export wrote in the system's file manager. @returns whether there was something to show */
  showExport(exportId: string): Promise<boolean>;
  /** Shows a stored file of a study in the system's file manager. @returns whether there was one */
  showStudy(studyInstanceUid: string): Promise<boolean>;
  /**
   * Asks for the folder of a backup and begins: writing one, or checking or restoring a state of one. How it goes is told
   * by events. @returns false when the dialog was dismissed
   */
  startBackup(kind: BackupKind): Promise<boolean>;
  /** Ends the application and starts it again, so that it takes over what was restored. */
  restart(): Promise<void>;
  /** Enters or leaves full screen, or changes between them when not told. @returns whether it is entering. */
  windowFullScreen(on?: boolean): Promise<boolean>;
  /** Takes back, or does again, what was typed in the text field that has the focus. */
  editText(what: 'undo' | 'redo'): Promise<void>;
  /** Opens the worklist in a window of its own, on another display where there is one; or brings it to the front. */
  openWorklist(): Promise<void>;
  /** From the worklist's window: opens a study in the window with the pictures, which comes to the front. */
  openStudy(studyInstanceUid: string, listing: Listing): Promise<void>;
  /** From the window with the pictures: the study that is shown there now. */
  studyShown(studyInstanceUid: string | null): Promise<void>;
  /** Calls `listener` for every command. @returns a function that stops it. */
  onCommand(listener: (command: DesktopCommand) => void): () => void;
}

declare global {
  interface Window {
    readonly systola?: SystolaDesktop;
  }
}
