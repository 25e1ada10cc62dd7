export type DialogName = 'keys' | 'settings' | 'model';

/** Which dialog is open; one at a time. */
class Dialogs {
  open = $state<DialogName | null>(null);
}

export const dialogs = new Dialogs();
