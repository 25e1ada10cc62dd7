import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvents, AuditLog, auditOutcomes } from '../../../main/library/audit.ts';
import { openDatabase } from '../../../main/library/database.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

function logWith(entries: number) {
  const database = openDatabase(join(folder(), 'library.sqlite'));
  const log = new AuditLog(database);
  for (let index = 0; index < entries; index += 1) {
    log.append({
      event: auditEvents.patientRecord,
      action: 'U',
      outcome: index === 1 ? auditOutcomes.minorFailure : auditOutcomes.success,
      user: 'reader',
      studyInstanceUid: '1.2.3',
      patientId: 'P1',
      detail: { index },
    });
  }
  return { database, log };
}

describe('audit log', () => {
  it('keeps entries in order with the outcome they had, each chained to the one before', () => {
    const { database, log } = logWith(3);
    const entries = log.entries();
    expect(entries.map(({ detail, outcome }) => [detail['index'], outcome])).toEqual([
      [0, 0],
      [1, 4],
      [2, 0],
    ]);
    expect(entries.map((entry) => entry.previousHash)).toEqual([
      '0'.repeat(64),
      entries[0]?.hash,
      entries[1]?.hash,
    ]);
    expect(log.firstBrokenEntry()).toBeNull();
    database.close();
  });

  it('refuses to change or delete an entry', () => {
    const { database } = logWith(1);
    expect(() => database.exec(`UPDATE audit SET user = 'someone'`)).toThrow('append-only');
    expect(() => database.exec('DELETE FROM audit')).toThrow('append-only');
    database.close();
  });

  it('shows where a file edited behind its back was changed', () => {
    const { database, log } = logWith(4);
    database.exec('DROP TRIGGER audit_keep');
    database.exec(`UPDATE audit SET outcome = 0 WHERE id = 2`);
    expect(log.firstBrokenEntry()).toBe(2);
    database.close();
  });

  it('shows where an entry was cut out', () => {
    const { database, log } = logWith(4);
    database.exec('DROP TRIGGER audit_stay');
    database.exec(`DELETE FROM audit WHERE id = 3`);
    expect(log.firstBrokenEntry()).toBe(4);
    database.close();
  });
});
