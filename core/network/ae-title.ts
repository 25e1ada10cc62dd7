import { z } from 'zod';

/** An application entity's title: printable ASCII without backslash, 1 to 16 characters, not all spaces (PS3.5 table 6.2-1, AE). */
const form = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;

export const isAeTitle = (text: string): boolean => form.test(text) && text.trim() === text && text !== '';

/** A title without the spaces around it, which mean nothing. */
export const aeTitleSchema = z
  .string()
  .trim()
  .refine(isAeTitle, 'an AE title has 1 to 16 printable characters and no backslash');
