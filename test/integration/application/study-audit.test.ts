import { expect, it } from 'vitest';
import { inEnglish } from '../../../core/language/english.ts';
import type { StudyAudit } from '../../../core/api/audit.ts';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();

it('what was done to a study is told from its audit log, the newest first, files of one import in one line', async () => {
  const station = await workstation(folder());
  try {
    const second = apicalClip({ sopInstanceUid: `${clipUid}.2` });
    const other = apicalClip({ sopInstanceUid: '9.9.1', studyInstanceUid: '9.9', patientId: 'P-2' });
    await upload(station.application, { 'a.dcm': apicalClip(), 'b.dcm': second, 'c.dcm': other });
    await station.json('PUT', 'settings', { reader: 'Dr Ada' });
    const { head } = await station.json<StudyDocument>('GET', `studies/${studyUid}`);
    await station.json('POST', `studies/${studyUid}/revisions`, {
      head,
      label: 'set view to A2C',
      changes: [
        {
          slot: 'view',
          sopInstanceUid: clipUid,
          before: { code: 'unknown', source: 'none' },
          after: { code: 'a2c', source: 'user' },
        },
      ],
    });
    const pdf = await station.send('GET', `studies/${studyUid}/exports/pdf`);
    expect(pdf.status).toBe(200);
    await pdf.arrayBuffer();
    const { lines, older } = await station.json<StudyAudit>('GET', `studies/${studyUid}/audit`);
    expect(older).toBe(0);
    expect(
      lines.map(({ kind, outcome, count, what }) => [
        kind,
        outcome,
        count,
        what === null ? null : inEnglish.say(what),
      ]),
    ).toEqual([
      ['exported', 'success', 1, 'Report (PDF), 1 file'],
      ['changed', 'success', 1, 'set view to A2C'],
      ['opened', 'success', 1, null],
      ['imported', 'success', 2, null],
    ]);
    expect(lines[1]?.user).toBe('Dr Ada');
  } finally {
    await station.application.close();
  }
});
