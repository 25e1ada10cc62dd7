/**
 * Waits until all have settled, however some of them end, so that what comes after never meets one that still goes.
 * Rejects with the first failure then.
 */
export async function settleAll(going: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(going)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
