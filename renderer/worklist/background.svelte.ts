import type { BackgroundState } from '../../core/api/background.ts';
import { api, reasonOf } from '../api/client.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';

/** Measuring of studies that nobody has opened, as the application tells of it. */
class Background {
  state = $state.raw<BackgroundState | null>(null);

  /** Pauses it, which holds until it is taken back, after the next start too. */
  pause(): void {
    void session.change({ measureInBackground: false });
  }

  resume(): void {
    void session.change({ measureInBackground: true });
  }

  /** Goes on whatever the machine does. */
  force(): void {
    api.forceBackground().catch((error: unknown) => report('warning', reasonOf(error)));
  }
}

export const background = new Background();
