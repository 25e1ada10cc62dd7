import { message, type Message } from '../../core/language/message.ts';
import { quantityOf } from '../../core/quantity/quantities.ts';
import { quantityLabel, shownQuantity } from '../../core/wording/quantity.ts';
import { unitText } from '../../core/wording/unit.ts';
import { say } from '../words/language.svelte.ts';
import type { NumberRow } from './number-rows.ts';

/** What a row is called. */
export const rowLabel = ({ name, byAreaLength }: NumberRow): Message =>
  byAreaLength ? message('numbers.by-area-length', { name: quantityLabel(name) }) : quantityLabel(name);

/** The unit that a row's numbers are shown in; empty where they have none. */
export function rowUnit({ name }: NumberRow): string {
  const unit = shownQuantity({ name, value: 0, unit: quantityOf(name)?.unit ?? '1' })?.unit ?? '';
  return unit === '' ? '' : say(unitText(unit));
}
