import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeGuardedReader, readInstanceGuarded } from '../../../main/dicom/guarded-reader.ts';
import { ImportService } from '../../../main/import/import-service.ts';
import { auditEvents } from '../../../main/library/audit.ts';
import { Library } from '../../../main/library/library.ts';
import { writeAtomically } from '../../../main/files/write-atomically.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from '../application/workstation.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { clipFacts, manualTrace, studyFacts } from '../../fixtures/library/facts.ts';
import { addClip } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
/** Settings of some kilobytes. */
const filling = Object.fromEntries(
  Array.from({ length: 150 }, (_, index) => [`size.${index}`, 'x'.repeat(50)]),
);
const mounted: string[] = [];
const mount = (path: string, ...options: string[]) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', path]).status === 0;

/** Whether this user may mount a disk of a given size, which is what a full one is tested with. */
const mayMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = '/tmp/systola-may-mount';
  mkdirSync(path, { recursive: true });
  if (!mount(path, 'size=1m')) return false;
  return spawnSync('umount', [path]).status === 0;
})();
if (!mayMount) console.log('Skipped: full disk (only where a small disk may be mounted).');

afterEach(async () => {
  await closeGuardedReader();
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path]);
});

function smallDisk(): string {
  const path = folder();
  expect(mount(path, 'size=3m')).toBe(true);
  mounted.push(path);
  return path;
}

describe.runIf(mayMount)('a full disk', () => {
  it('ends an import with the reason, keeps what was whole, and takes the rest once there is space', async () => {
    const disk = smallDisk();
    const library = await Library.open(join(disk, 'library'));
    const imports = new ImportService({
      library,
      readInstance: readInstanceGuarded,
      onState: () => undefined,
      onStudiesChanged: () => undefined,
      onDefect: (error) => {
        throw error;
      },
    });
    const source = folder();
    for (let number = 1; number <= 8; number += 1) {
      const bytes = buildDicom({ sopInstanceUid: `1.2.3.${number}`, rows: 400, columns: 400, frames: 4 });
      writeFileSync(join(source, `${number}.dcm`), bytes);
    }
    const state = await imports.ended(imports.start([source]).importId);
    expect(state.state).toBe('failed');
    expect(state.message).toContain('full');
    expect(state.rejected).toMatchObject([{ code: 'disk-full' }]);
    expect(state.accepted).toBeGreaterThan(0);
    expect(library.summaries()[0]?.clips).toBe(state.accepted);

    expect(mount(disk, 'remount', 'size=30m')).toBe(true);
    const again = await imports.ended(imports.start([source]).importId);
    expect(again).toMatchObject({ state: 'finished', known: state.accepted, accepted: 8 - state.accepted });
    library.close();
  });

  it('refuses a correction instead of losing it later', async () => {
    const disk = smallDisk();
    const library = await Library.open(join(disk, 'library'));
    await addClip(library);
    const { studyInstanceUid } = studyFacts();
    const { sopInstanceUid } = clipFacts();
    const draw = (frame: number) =>
      library.revisions.append(studyInstanceUid, library.study(studyInstanceUid).head, {
        author: 'reader',
        kind: 'edit',
        label: 'drew',
        changes: [
          {
            slot: 'trace',
            structure: 'lv-cavity',
            sopInstanceUid,
            frame,
            before: null,
            after: manualTrace(50),
          },
        ],
        target: null,
      });
    draw(0);
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4k']);
    const before = library.study(studyInstanceUid);
    let refused: unknown = null;
    try {
      for (let frame = 1; frame < 10; frame += 1) draw(frame);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ code: 'disk-full' });
    const { head } = library.study(studyInstanceUid);
    expect(mount(disk, 'remount', 'size=30m')).toBe(true);
    library.close();
    const reopened = await Library.open(join(disk, 'library'));
    expect(reopened.study(studyInstanceUid).head).toBe(head);
    expect(head).toBeGreaterThanOrEqual(before.head);
    reopened.close();
  });

  it('shows studies with a notice, refuses changes, and records both openings once there is space', async () => {
    const disk = smallDisk();
    const path = join(disk, 'library');
    const filler = join(disk, 'filler');
    const fill = () => spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1k']);
    const first = await workstation(path);
    await upload(first.application, { 'heart.dcm': apicalClip() });
    await first.application.close();
    fill();

    const { application, send, json } = await workstation(path, join(path, 'models'));
    const { library, watch } = application.services;
    await watch.ended();
    expect(watch.state).toMatchObject({ writable: false, notices: [{ code: 'disk-full' }] });
    for (let time = 1; time <= 2; time += 1)
      expect((await send('GET', `studies/${studyUid}`)).status).toBe(200);
    expect((await send('GET', `clips/${clipUid}/frames/0`)).status).toBe(200);
    expect((await send('GET', `studies/${studyUid}/exports/pdf`)).status).toBe(200);
    // The last pages of a file may have room for a small change; no disk is full for ever small ones.
    const refused = await json('PUT', 'settings', { reader: 'R'.repeat(199), remember: filling });
    expect(refused).toMatchObject({ error: { code: 'disk-full' } });

    rmSync(filler);
    expect((await send('PUT', 'settings', { reader: 'Ada' })).status).toBe(200);
    expect(watch.state).toMatchObject({ writable: true, notices: [] });
    fill();
    await application.close();
    rmSync(filler);
    const reopened = await Library.open(path);
    const late = reopened.audit.entries().filter(({ detail }) => typeof detail['reserved'] === 'string');
    expect(late.map(({ event }) => event)).toEqual([
      auditEvents.applicationActivity,
      auditEvents.instancesAccessed,
      auditEvents.export,
      auditEvents.applicationActivity,
    ]);
    expect(reopened.audit.firstBrokenEntry()).toBeNull();
    expect(library.path).toBe(path);
    reopened.close();
  }, 240_000);

  it('leaves no part of an export', async () => {
    const disk = smallDisk();
    const path = join(disk, 'analysis.json');
    await expect(writeAtomically(path, new Uint8Array(10e6))).rejects.toMatchObject({
      code: 'disk-full',
      file: path,
    });
    await writeAtomically(path, 'small');
  });
});
