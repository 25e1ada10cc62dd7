import { app, powerMonitor } from 'electron';

/**
 * Lets the library and the inference process end before the application does, whoever ends it: the last window, the
 * menu, a signal, or the system that shuts down.
 * @param close ends the application's services; called once
 * @param closeWindow takes the window away without asking its page, which may be gone already
 */
export function closeBeforeQuitting(close: () => Promise<void>, closeWindow: () => void): void {
  let closing: Promise<void> | null = null;
  let closed = false;
  const closeOnce = (): Promise<void> => {
    closing ??= close()
      .catch((error: unknown) => {
        // Everything acknowledged is on disk already; what failed is the farewell.
        console.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
      })
      .finally(() => {
        closed = true;
      });
    return closing;
  };
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void closeOnce().then(() => app.quit());
  });
  const end = (): void => {
    // Chromium's helpers may have got the signal too. It would start them again in vain and give itself up meanwhile.
    app.commandLine.appendSwitch('disable-gpu-process-crash-limit');
    closeWindow();
    void closeOnce().then(() => app.exit(Number(process.exitCode ?? 0)));
  };
  // A terminal or a session manager signals the whole group: the page and its helpers are gone at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  powerMonitor.on('shutdown', end);
}
