/**
 * How a device keeps pictures: channel after channel, or the channels of a pixel side by side. The second has the faster
 * convolutions on many cards, the first starts a tenth fewer kernels a frame (no copies from one to the other).
 */
export type DeviceLayout = 'NCHW' | 'NHWC';

/** Building and trying the first may take this long for the second to be tried too, ms. */
const patienceMs = 5_000;

export interface Tried<Session> {
  readonly session: Session;
  readonly frameMs: number;
}

/**
 * Tries a graph in both layouts and keeps the faster: which one that is only the card can say.
 *
 * @param build a session in a layout, with the time of a frame; has closed what it built when it throws
 * @throws what `build` throws for the first layout; a second that does not work is done without
 */
export async function inFasterLayout<Session extends { close(): Promise<void> }>(
  build: (layout: DeviceLayout) => Promise<Tried<Session>>,
): Promise<Tried<Session>> {
  const begun = performance.now();
  const first = await build('NCHW');
  if (performance.now() - begun > patienceMs) return first;
  let second: Tried<Session>;
  try {
    second = await build('NHWC');
  } catch {
    return first;
  }
  const [kept, left] = second.frameMs < first.frameMs ? [second, first] : [first, second];
  await left.session.close();
  return kept;
}
