import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../main/dicom/instance.ts';
import { ProjectKey } from '../../../main/deidentify/project-key.ts';
import { deidentified, keyOf } from '../../fixtures/deidentify/deidentified.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const key = new ProjectKey(keyOf(7));
const other = new ProjectKey(keyOf(8));
const some = Array.from({ length: 2000 }, (_, index) => `1.2.840.${index}`);

describe('the key of a project', () => {
  it('makes UIDs of 128 bits that are the same for the same UID and others for any other', () => {
    const uids = some.map((uid) => key.uid(uid));
    expect(new Set(uids).size).toBe(some.length);
    expect(uids).toEqual(some.map((uid) => key.uid(uid)));
    for (const uid of uids) expect(uid).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
    const disjoint = new Set([...uids, ...some.map((uid) => other.uid(uid))]);
    expect(disjoint.size).toBe(some.length * 2);
  });

  it('makes pseudonyms and whole days from 1 to 365 into the past, by patient', () => {
    const pseudonyms = some.map((patient) => key.pseudonym(patient));
    expect(new Set(pseudonyms).size).toBe(some.length);
    for (const pseudonym of pseudonyms) expect(pseudonym).toMatch(/^S-[0-9A-HJKMNP-TV-Z]{10}$/);
    const days = some.map((patient) => key.shiftDays(patient));
    expect(Math.max(...days)).toBe(-1);
    expect(Math.min(...days)).toBe(-365);
    expect(days.every(Number.isInteger)).toBe(true);
    expect(some.filter((patient) => key.shiftDays(patient) === other.shiftDays(patient)).length).toBeLessThan(
      30,
    );
  });

  it('refuses a key of another length', () => {
    expect(() => new ProjectKey(new Uint8Array(31))).toThrow(/32 bytes/);
  });
});

describe('files of one project', () => {
  const clip = (patient: string, study: number, date: string) =>
    buildDicom({
      patientId: patient,
      sopInstanceUid: `1.2.3.${study}.1`,
      seriesInstanceUid: `1.2.3.${study}.2`,
      studyInstanceUid: `1.2.3.${study}.3`,
      elements: [
        { tag: '00080020', vr: 'DA', value: date },
        { tag: '0008002a', vr: 'DT', value: `${date}093015.5+0100` },
        { tag: '00080030', vr: 'TM', value: '093015.5' },
      ],
    });

  it('are the same bytes again, and share no UID with those of another key', async () => {
    const file = clip('P-1', 1, '20240301');
    const first = await deidentified(folder(), file, { preset: 'longitudinal' });
    const again = await deidentified(folder(), file, { preset: 'longitudinal' });
    expect(again.bytes).toEqual(first.bytes);
    const foreign = await deidentified(folder(), file, { preset: 'longitudinal', key: keyOf(9) });
    const uids = ({ clip: c }: typeof first) => [c.sopInstanceUid, c.seriesInstanceUid, c.studyInstanceUid];
    expect(new Set([...uids(first), ...uids(foreign)]).size).toBe(6);
    expect(foreign.clip.patient).not.toBe(first.clip.patient);
    expect(Buffer.from(first.bytes).includes(Buffer.from(keyOf(7)))).toBe(false);
  });

  it('keep the days between the examinations of a patient, and times as they are', async () => {
    const read = async (patient: string, study: number, date: string) => {
      const { bytes } = await deidentified(folder(), clip(patient, study, date), { preset: 'longitudinal' });
      const { dict } = readWithDcmjs(bytes);
      const value = (tag: string) => String(dict[tag]?.Value[0]).trim();
      return {
        date: value('00080020'),
        moment: value('0008002A'),
        time: value('00080030'),
        name: value('00100020'),
        facts: readInstance(bytes, 'clip.dcm'),
      };
    };
    const [spring, summer, stranger] = [
      await read('P-1', 1, '20240228'),
      await read('P-1', 2, '20240630'),
      await read('P-2', 3, '20240228'),
    ];
    const day = ({ date }: { date: string }) =>
      Date.UTC(+date.slice(0, 4), +date.slice(4, 6) - 1, +date.slice(6)) / 86_400_000;
    expect(day(summer) - day(spring)).toBe(123);
    expect(day(spring)).toBeLessThan(Date.UTC(2024, 1, 28) / 86_400_000);
    expect(spring.moment).toBe(`${spring.date}093015.5+0100`);
    expect(Number(spring.time)).toBe(93_015.5);
    expect(spring.name).toBe(summer.name);
    expect(stranger.name).not.toBe(spring.name);
    expect(spring.facts.study.patient.patientId).toBe(spring.name);
  });
});
