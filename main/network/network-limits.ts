/** How long is waited for what, and how much is taken; a peer beyond one is told so and left. */
export interface NetworkLimits {
  /** For a connection, TLS included. */
  readonly connectMs: number;
  /** For the request of an association once there is a connection, and for the answer to it (ARTIM, PS3.8). */
  readonly associateMs: number;
  /** For each data unit of a message that has begun, however it trickles in. */
  readonly unitMs: number;
  /** For the next message of an association, as of a scanner that keeps it open while it examines. */
  readonly idleMs: number;
  /** For the answer to an object: an archive stores it first. */
  readonly answerMs: number;
  /** For a whole object. */
  readonly objectMs: number;
  readonly objectBytes: number;
}

export const defaultNetworkLimits: NetworkLimits = {
  connectMs: 10_000,
  associateMs: 30_000,
  unitMs: 60_000,
  idleMs: 300_000,
  answerMs: 180_000,
  objectMs: 3_600_000,
  objectBytes: 1024 * 1024 * 1024,
};
