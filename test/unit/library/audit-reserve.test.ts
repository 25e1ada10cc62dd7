import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { auditEvents, auditOutcomes } from '../../../main/library/audit.ts';
import { AuditReserve } from '../../../main/library/audit-reserve.ts';
import { Library } from '../../../main/library/library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const record = (number: number, words = '') => ({
  event: auditEvents.instancesAccessed,
  action: 'R' as const,
  outcome: auditOutcomes.success,
  user: 'Dr Ödön',
  studyInstanceUid: '1.2.3',
  patientId: 'P1',
  detail: { number, words },
});

it('keeps entries without growing, until there is no room, and over a restart', () => {
  const path = folder();
  const reserve = new AuditReserve(path);
  expect(reserve.keep(record(0))).toBe(false);
  reserve.prepare();
  const bytes = statSync(join(path, 'audit-reserve')).size;
  let kept = 0;
  while (reserve.keep(record(kept, 'x'.repeat(200)))) kept += 1;
  expect(kept).toBeGreaterThan(200);
  expect(statSync(join(path, 'audit-reserve')).size).toBe(bytes);
  const again = new AuditReserve(path);
  expect(again.waiting().map((entry) => entry.record.detail['number'])).toEqual(
    Array.from({ length: kept }, (_, number) => number),
  );
  expect(again.waiting()[0]?.record).toEqual(record(0, 'x'.repeat(200)));
  again.clear();
  expect(again.waiting()).toEqual([]);
  expect(again.keep(record(1))).toBe(true);
});

it('passes over an entry that was cut in the middle, and keeps the next one', () => {
  const path = folder();
  const reserve = new AuditReserve(path);
  reserve.prepare();
  reserve.keep(record(1));
  reserve.keep(record(2));
  const file = join(path, 'audit-reserve');
  const content = readFileSync(file);
  const end = content.toString('latin1').trimEnd().length;
  writeFileSync(file, content.fill(0x20, end - 20, end));
  const again = new AuditReserve(path);
  again.keep(record(3));
  expect(again.waiting().map((entry) => entry.record.detail['number'])).toEqual([1, 3]);
});

it('moves into the audit log once, with the time at which it happened, also after a kill in between', async () => {
  const path = folder();
  const at = new Date('2026-01-02T03:04:05Z');
  (await Library.open(path)).close();
  const reserve = new AuditReserve(path);
  reserve.keep(record(7), at);
  const before = readFileSync(join(path, 'audit-reserve'));
  (await Library.open(path)).close();
  // As if it had been killed between the commit and the emptying of the reserve.
  writeFileSync(join(path, 'audit-reserve'), before);
  const library = await Library.open(path);
  const found = library.audit.entries().filter(({ detail }) => detail['number'] === 7);
  expect(found).toMatchObject([{ at: at.toISOString(), user: 'Dr Ödön', patientId: 'P1' }]);
  expect(library.audit.firstBrokenEntry()).toBeNull();
  expect(reserve.waiting()).toEqual([]);
  library.close();
});
