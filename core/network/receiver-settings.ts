import { z } from 'zod';
import { aeTitleSchema } from './ae-title.ts';
import { defaultAeTitle, hostSchema, portSchema } from './dicom-node.ts';

const pemFile = z.string().min(1).max(4096);

/** What Systola shows of itself to who sends; with authorities, whoever sends has to show a certificate of theirs. */
const receiverTlsSchema = z.strictObject({
  certificateFile: pemFile,
  keyFile: pemFile,
  authoritiesFile: pemFile.nullable(),
});
export type ReceiverTls = z.infer<typeof receiverTlsSchema>;

/** The receiver of studies: off until the user turns it on, and then heard where the user says. */
export const receiverSettingsSchema = z.strictObject({
  isOn: z.boolean(),
  /** Address of this computer that it listens at; "0.0.0.0" and "::" are all of them. */
  address: hostSchema,
  port: portSchema,
  /** What it is called; others are turned away. null answers to any name. */
  aeTitle: aeTitleSchema.nullable(),
  tls: receiverTlsSchema.nullable(),
});
export type ReceiverSettings = z.infer<typeof receiverSettingsSchema>;

export const defaultReceiver: ReceiverSettings = {
  isOn: false,
  address: '127.0.0.1',
  // The port of DICOM that needs no rights of an administrator (PS3.8 section 9.1.1).
  port: 11_112,
  aeTitle: defaultAeTitle,
  tls: null,
};
