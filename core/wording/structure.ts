import { message, type Message } from '../language/message.ts';
import {
  leftAtrium,
  leftVentricularCavity,
  leftVentricularWall,
  type Structure,
} from '../structure/structure.ts';

const inCatalogue = [leftVentricularCavity, leftVentricularWall, leftAtrium] as const;

/** A structure as a person reads it, in the middle of a sentence. */
export function structureText({ id, words }: Pick<Structure, 'id' | 'words'>): Message {
  const known = inCatalogue.find((one) => one === id);
  if (words === null && known !== undefined) return message(`structure.${known}`);
  return message('structure.own', { words: words ?? id });
}
