export type DialogName =
  | 'keys'
  | 'settings'
  | 'model'
  | 'reader'
  | 'export'
  | 'network'
  | 'trend'
  | 'identity'
  | 'views'
  | 'audit'
  | 'report'
  | 'report-settings'
  | 'patient-data'
  | 'delete';

/** Which dialog is open; one at a time. */
class Dialogs {
  open = $state<DialogName | null>(null);
  /** What was to be done in the reader's name, once it is known. */
  afterReader: (() => void) | null = null;
}

export const dialogs = new Dialogs();
