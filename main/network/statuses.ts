/** Statuses of C-STORE and C-ECHO that are given (PS3.4 table B.2-1, PS3.7 annex C). */
export const statuses = {
  success: 0x0000,
  sopClassNotSupported: 0x0122,
  processingFailure: 0x0110,
  duplicateInstance: 0x0111,
  unrecognizedOperation: 0x0211,
  outOfResources: 0xa700,
  notOfItsClass: 0xa900,
  cannotUnderstand: 0xc000,
} as const;

export type StatusKind = 'success' | 'warning' | 'failure';

/** Whether an object was stored, stored with something said of it, or not (PS3.7 annex C.1 to C.4). */
export function statusKind(status: number): StatusKind {
  if (status === statuses.success) return 'success';
  const isWarning = status >>> 12 === 0xb || status === 0x0001 || status === 0x0107 || status === 0x0116;
  return isWarning ? 'warning' : 'failure';
}

/** "0xA700" */
export const statusCode = (status: number): string =>
  `0x${status.toString(16).toUpperCase().padStart(4, '0')}`;

/** What a status says, in words. */
export function statusWords(status: number): string {
  const exact = words[status];
  if (exact !== undefined) return exact;
  if (status >>> 8 === 0xa7) return 'it is out of room or of memory';
  if (status >>> 8 === 0xa9) return 'the object is not what its class says';
  if (status >>> 12 === 0xc) return 'it cannot understand the object';
  if (status >>> 12 === 0xb) return 'it stored the object and has a remark about it';
  if (status >>> 8 === 0x01) return 'it could not process the object';
  if (status >>> 8 === 0x02) return 'it could not process the request';
  return 'it gives a reason that the standard does not know';
}

const words: Readonly<Record<number, string>> = {
  0x0000: 'stored',
  0x0107: 'it stored the object and does not know some of its attributes',
  0x0110: 'it failed while processing the object',
  0x0111: 'it has another object of the same UID',
  0x0116: 'it stored the object with a value out of range',
  0x0117: 'the UID of the object is not allowed',
  0x0122: 'it does not take objects of this class',
  0x0124: 'it does not allow this to Systola: its administrator can',
  0x0210: 'it has seen the number of this message before',
  0x0211: 'it does not know the operation',
  0x0212: 'it takes a part of the request for mistyped',
  0x0213: 'it is short of something that it needs',
  0xa700: 'it is out of room or of memory',
  0xb000: 'it changed values of the object to fit its own',
  0xb006: 'it left elements of the object out',
  0xb007: 'the object is not what its class says, and was stored all the same',
};
