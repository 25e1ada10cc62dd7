import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dicomSimplifiedMeasurements } from '../../../main/export/dicom-simplified-measurements.ts';
import { postCoordinated, postCoordinatedCode } from '../../../main/export/dicom/simplified-concepts.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { below, qualified, type ReadItem, readReport } from '../../fixtures/dicom/read-report.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { contouredSnapshot } from './contoured-snapshot.ts';
import { phantomPair, reportInput } from './phantom-document.ts';
import { snapshotOf } from './sample-snapshot.ts';

const folder = temporaryFolders();
const biplane = snapshotOf(reportInput(phantomPair()));
const written = await dicomSimplifiedMeasurements.write(biplane);
const { dict, root } = readReport(written);
const three = readReport(await dicomSimplifiedMeasurements.write(contouredSnapshot())).root;

const container = (from: ReadItem, code: string): readonly ReadItem[] =>
  from.children.find(({ name }) => name === `DCM ${code}`)!.children;
const value = (name: string, method: string, view: string): number =>
  [
    ...biplane.measurements.measurements,
    ...Object.values(biplane.measurements.clips).flatMap(({ measurements }) => measurements),
  ].find((one) => one.name === name && one.method === method && one.view === view && one.beat === null)!
    .value;

describe('a report by TID 5300', () => {
  it.each([
    ['LN 79996-5', 'EDV', 'biplane-disks', 'biplane'],
    ['LN 80001-1', 'ESV', 'biplane-disks', 'biplane'],
    ['LN 79991-6', 'EF', 'biplane-disks', 'biplane'],
    ['LN 79999-9', 'EDV', 'single-plane-disks', 'a4c'],
    ['LN 79992-4', 'EF', 'single-plane-disks', 'a2c'],
  ])('has %s as %s by %s, %s', (code, name, method, view) => {
    const [found, ...others] = container(root, '125301').filter((item) => item.name === code);
    expect(others).toEqual([]);
    expect(found?.number).toBe(value(name, method, view));
    // Nothing but a label, a status and contours stands under a code that says everything.
    expect(new Set(found!.children.map((child) => child.name))).toEqual(
      new Set(['DCM 125309', ...(view === 'biplane' ? ['DCM 121404'] : []), ...['DCM 121112']]),
    );
    expect(qualified(found!, 'DCM 125309')).toBe(name);
  });

  it('says by modifiers, in the order of the template, what has no code', () => {
    const [found] = container(root, '125302').filter(({ name }) => name === '99SYSTOLA P_EDV_AL_4C');
    expect(found?.number).toBe(value('EDV', 'area-length', 'a4c'));
    const modifiers = found!.children.filter(({ relationship }) => relationship === 'HAS CONCEPT MOD');
    expect(modifiers.map(({ name, text }) => `${name}=${text}`)).toEqual([
      'DCM 125306=DCM 125315',
      'SCT 363698007=SCT 87878005',
      'DCM 125305=DCM 125311',
      'DCM 125307=SCT 118565006',
      'SCT 272518008=SCT 416190007',
      'SCT 370129005=DCM 125205',
      'SCT 399264008=SCT 399064001',
      'DCM 111031=SCT 399214001',
    ]);
    const index = container(root, '125302').find(({ name }) => name === '99SYSTOLA P_CI_MOD_2P');
    expect(qualified(index!, 'DCM 125308')).toBe('LN 8277-6');
    expect(JSON.stringify(dict['00080110'])).toContain('99SYSTOLA');
  });

  it('has no concept twice, and the atrium under its codes', () => {
    for (const tree of [root, three]) {
      for (const code of ['125301', '125302']) {
        const names = container(tree, code).map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBeGreaterThan(0);
      }
    }
    expect(container(three, '125301').map(({ name }) => name)).toContain('LN 79986-6');
    const least = container(three, '125302').find(({ name }) => name.startsWith('99SYSTOLA P_LAVMIN'));
    expect(qualified(least!, 'SCT 363698007')).toBe('SCT 82471001');
  });

  it('has strain and the wall, and what is the patient’s once, by its own code', () => {
    const post = container(three, '125302');
    const { measurements, clips } = contouredSnapshot().measurements;
    const all = [...measurements, ...Object.values(clips).flatMap((clip) => clip.measurements)];
    const valueOf = (name: string, view?: string) =>
      all.find((one) => one.name === name && one.beat === null && (view === undefined || one.view === view))
        ?.value;
    const strain = post.find(({ name }) => name === '99SYSTOLA P_LVCSTR_4C');
    expect(strain?.number).toBe(valueOf('Contour strain', 'a4c'));
    expect(qualified(strain!, 'DCM 125306')).toBe('DCM 125314');
    const wall = post.find(({ name }) => name.startsWith('99SYSTOLA P_LVWBED'));
    expect(wall?.number).toBeCloseTo(valueOf('LV wall basal ED')! / 10, 10);
    expect(qualified(wall!, 'DCM 125307')).toBe('LN 59089-3');
    expect(below(wall!).some(({ type }) => type === 'SCOORD')).toBe(true);
    expect(post.some(({ name }) => name.startsWith('99SYSTOLA P_LVSPHED'))).toBe(true);
    const surface = post.filter(({ name }) => name === 'LN 8277-6');
    expect(surface.map(({ number }) => number)).toEqual([valueOf('BSA')]);
    expect(qualified(surface[0]!, 'SCT 363698007')).toBe('SCT 38266002');
    expect(qualified(surface[0]!, 'SCT 370129005')).toBe('DCM 122241');
    const rate = container(root, '125302').filter(({ name }) => name === 'LN 8867-4');
    expect(rate.map(({ number }) => number)).toEqual(
      biplane.measurements.measurements.filter(({ name }) => name === 'HR').map(({ value: bpm }) => bpm),
    );
    expect(rate).toHaveLength(1);
  });

  it('has codes of our own that fit and differ', () => {
    const own = Object.entries(postCoordinated).filter(([, { ofPatient }]) => ofPatient === undefined);
    const codes = own.flatMap(([name]) =>
      (['biplane-disks', 'area-length', 'contour'] as const).flatMap((method) =>
        (['a4c', 'a2c', 'a3c', 'biplane', null] as const).map(
          (view) => postCoordinatedCode({ name: name as 'EDV', method, view })!.value,
        ),
      ),
    );
    for (const code of codes) expect(code.length).toBeLessThanOrEqual(16);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('has the same bytes for the same state, and is refused of a rejected study', async () => {
    const again = await dicomSimplifiedMeasurements.write({ ...biplane, createdAt: new Date(0) });
    expect(Buffer.compare(again, written)).toBe(0);
    const decision = { state: 'rejected', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' } as const;
    await expect(dicomSimplifiedMeasurements.write(contouredSnapshot({ decision }))).rejects.toMatchObject({
      code: 'not-writable',
    });
  });

  it.runIf(isInstalled('dsrdump'))('is read by dsrdump as a report of its class', () => {
    const path = join(folder(), 'simplified.dcm');
    writeFileSync(path, written);
    const said = saidBy('dsrdump', path);
    const complaints = said.split('\n').filter((line) => /^[EW]:/.test(line));
    expect(complaints.filter((line) => !/ISO_IR 192|template constraints/.test(line))).toEqual([]);
    expect(said).toContain('Simplified Adult Echo SR Document');
    expect(said.match(/<contains NUM:/g)).toHaveLength(
      below(root).filter(({ type, relationship }) => type === 'NUM' && relationship === 'CONTAINS').length,
    );
  });
});
