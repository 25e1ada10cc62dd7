import { message, type Message } from '../language/message.ts';
import { leftVentricularCavity, type Structure } from '../structure/structure.ts';

/** A structure as a person reads it, in the middle of a sentence. */
export function structureText({ id, words }: Pick<Structure, 'id' | 'words'>): Message {
  if (words === null && id === leftVentricularCavity) return message(`structure.${id}`);
  return message('structure.own', { words: words ?? id });
}
