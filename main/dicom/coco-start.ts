/** All of the file is in memory at once, and several times over. */
export const mostCocoBytes = 64 << 20;

const keys = ['info', 'licenses', 'categories', 'images', 'annotations'];
const beginning = new RegExp(String.raw`^(?:\xef\xbb\xbf)?\s*\{\s*"(?:${keys.join('|')})"\s*:`);

/** Whether a file begins as one of COCO does; what it is, is seen when it is read. */
export const beginsAsCoco = (head: Uint8Array): boolean =>
  beginning.test(Buffer.from(head).toString('latin1'));
