import { afterEach } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { studyUid, upload, workstation } from './workstation.ts';

/** Makes applications of a test file, closed after each test, whose study gets documents beside its clips. */
export function documentStations() {
  const folder = temporaryFolders();
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  return async (path = folder()) => {
    const made = await workstation(path);
    open.push(() => made.application.close());
    const study = () => made.json<StudyDocument>('GET', `studies/${studyUid}`);
    const take = (files: Readonly<Record<string, Uint8Array>>) => upload(made.application, files);
    const use = (document: string) => made.send('POST', `studies/${studyUid}/readings/${document}`);
    return { path, ...made, study, take, use };
  };
}
