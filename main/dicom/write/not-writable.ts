import { SystolaError } from '../../../core/error.ts';
import { type Attribute, tagText } from './attribute.ts';

/** A value that no DICOM file may hold. Nothing is cut, rounded away or replaced to make it fit. */
export class NotWritable extends SystolaError {
  /** Group and element number of the attribute. */
  readonly tag: number;
  readonly reason: string;

  constructor({ keyword, tag }: Pick<Attribute, 'keyword' | 'tag'>, reason: string) {
    super('not-writable', `${keyword} ${tagText(tag)} cannot be written as DICOM: ${reason}.`);
    this.name = 'NotWritable';
    this.tag = tag;
    this.reason = reason;
  }
}
