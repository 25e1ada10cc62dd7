import { z } from 'zod';
import { aeTitleSchema } from './ae-title.ts';

/** A file of this computer, in PEM. */
const pemFile = z.string().min(1).max(4096);

/** How a connection to a node is secured. */
const nodeTlsSchema = z.strictObject({
  /** Authorities that may vouch for the node; null for those that come with the application. */
  authoritiesFile: pemFile.nullable(),
  /** What Systola shows of itself, where the node asks for it; both or none. */
  certificateFile: pemFile.nullable(),
  keyFile: pemFile.nullable(),
  /** Name in the node's certificate where it is not the host's. */
  serverName: z.string().min(1).max(255).nullable(),
});
export type NodeTls = z.infer<typeof nodeTlsSchema>;

/** A host name or an address; IPv6 without brackets. */
export const hostSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9._:%-]{1,255}$/, 'a host is a name or an address');

export const portSchema = z.number().int().min(1).max(65_535);

/** Another system that studies may be sent to: named by the user, and nothing is dialled that is not. */
export const dicomNodeSchema = z.strictObject({
  /** As the reader calls it. */
  name: z.string().trim().min(1).max(64),
  host: hostSchema,
  port: portSchema,
  calledAeTitle: aeTitleSchema,
  callingAeTitle: aeTitleSchema,
  tls: nodeTlsSchema.nullable(),
});
export type DicomNode = z.infer<typeof dicomNodeSchema>;

export const mostNodes = 50;

/** Nodes, each known by its name. */
export const dicomNodesSchema = z
  .array(dicomNodeSchema)
  .max(mostNodes)
  .refine(
    (nodes) => new Set(nodes.map(({ name }) => name)).size === nodes.length,
    'nodes have names of their own',
  );

/** What Systola calls itself unless it is told otherwise. */
export const defaultAeTitle = 'SYSTOLA';
