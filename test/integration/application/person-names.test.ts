import { afterEach, describe, expect, it } from 'vitest';
import type { StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import { personNameText } from '../../../core/wording/person-name.ts';
import { pdfText, readsPdf } from '../../fixtures/read-pdf.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
let close = (): Promise<void> => Promise.resolve();
afterEach(() => close());

const readable = 'Doe, Dr Jane Q, Jr';

describe('a name with prefix and suffix', () => {
  it.runIf(readsPdf)('is read alike in the list, the head of the window and the report', async () => {
    const { application, json, send } = await workstation(folder());
    close = () => application.close();
    const file = apicalClip({ rows: 64, columns: 64, frames: 2, patientName: 'Doe^Jane^Q^Dr^Jr' });
    await upload(application, { 'a4c.dcm': file });

    const [listed] = await json<StudySummary[]>('GET', 'studies');
    expect(listed?.patientName).toBe(readable);
    expect(await json<StudySummary[]>('GET', 'studies?search=dr%20jane')).toHaveLength(1);

    const { facts } = await json<StudyDocument>('GET', `studies/${studyUid}`);
    expect(personNameText(facts.patient.name)).toBe(readable);

    const answer = await send('GET', `studies/${studyUid}/exports/pdf`);
    const text = pdfText(new Uint8Array(await answer.arrayBuffer()));
    expect(text).toContain(readable);
    expect(text).not.toContain('Doe, Jane Q');
  });
});
