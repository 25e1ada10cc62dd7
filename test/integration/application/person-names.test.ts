import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import { personNameText } from '../../../core/wording/person-name.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
let close = (): Promise<void> => Promise.resolve();
afterEach(() => close());

const readable = 'Doe, Dr Jane Q, Jr';

function readsPdf(): boolean {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a name with prefix and suffix', () => {
  it.skipIf(!readsPdf())('is read alike in the list, the head of the window and the report', async () => {
    const { application, json, send } = await workstation(folder());
    close = () => application.close();
    const file = apicalClip({ rows: 64, columns: 64, frames: 2, patientName: 'Doe^Jane^Q^Dr^Jr' });
    await upload(application, { 'a4c.dcm': file });

    const [listed] = await json<StudySummary[]>('GET', 'studies');
    expect(listed?.patientName).toBe(readable);
    expect(await json<StudySummary[]>('GET', 'studies?search=dr%20jane')).toHaveLength(1);

    const { facts } = await json<StudyDocument>('GET', `studies/${studyUid}`);
    expect(personNameText(facts.patient.name)).toBe(readable);

    const path = join(folder(), 'report.pdf');
    const answer = await send('GET', `studies/${studyUid}/exports/pdf`);
    writeFileSync(path, new Uint8Array(await answer.arrayBuffer()));
    const text = execFileSync('pdftotext', ['-layout', '-enc', 'UTF-8', path, '-'], { encoding: 'utf8' });
    expect(text).toContain(readable);
    expect(text).not.toContain('Doe, Jane Q');
  });
});
