import { message, type Message } from '../language/message.ts';
import { quantityLabel } from '../wording/quantity.ts';

/** A number that reading files again changed, as it is stored: "EF", "EF of a.dcm", "EF (area-length) of a.dcm". */
export function changedNumberName(name: string, method: string, fileName: string | null): string {
  if (fileName === null) return name;
  return `${name}${method === 'area-length' ? ' (area-length)' : ''} of ${fileName}`;
}

/** Such a name as a person reads it. No quantity has " of " in its name, file names may. */
export function changedNumberText(what: string): Message {
  const [, name = what, area, file] = /^(.*?)( \(area-length\))?(?: of (.+))?$/su.exec(what) ?? [];
  return file === undefined
    ? quantityLabel(what)
    : message('number.of-clip', {
        name: quantityLabel(name),
        method: area === undefined ? 'other' : 'area',
        file,
      });
}
