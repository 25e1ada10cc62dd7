import { expect, it } from 'vitest';
import type { SentObject } from '../../../core/api/network.ts';
import { sentAlike } from '../../../renderer/network/send-reasons.ts';

const sent = (name: string, state: SentObject['state'], message: string | null): SentObject => ({
  ...{ name, state, message, sopInstanceUid: name, status: null },
});

it('a reason that stands above is not repeated, and any other is read once for all that it holds up', () => {
  const nobody = 'nothing listens at this port.';
  const objects = [
    sent('a.dcm', 'not-sent', nobody),
    sent('b.dcm', 'not-sent', nobody),
    sent('c.dcm', 'refused', 'Out of resources.'),
    sent('d.dcm', 'refused', 'Out of resources.'),
    sent('e.dcm', 'stored', null),
  ];
  expect(sentAlike(objects, nobody)).toEqual([
    { state: 'not-sent', reason: null, names: ['a.dcm', 'b.dcm'] },
    { state: 'refused', reason: 'Out of resources.', names: ['c.dcm', 'd.dcm'] },
  ]);
  expect(sentAlike(objects, null)[0]?.reason).toBe(nobody);
});
