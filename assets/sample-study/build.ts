/** Rebuilds the sample study next to this file: `node assets/sample-study/build.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { phantomClip } from '../../test/fixtures/phantom/phantom.ts';
import { writePhantomDicom } from '../../test/fixtures/phantom/write-dicom.ts';

const folder = process.argv[2] ?? import.meta.dirname;
const views = ['a4c', 'a2c'] as const;
for (const [index, view] of views.entries()) {
  const clip = phantomClip({
    view,
    ejectionFraction: 55,
    edvMl: 120,
    seed: 7,
    frames: 66,
    frameRate: 30,
  });
  const bytes = await writePhantomDicom(
    clip,
    { name: 'sample study', patientId: 'SYSTOLA-PHANTOM-1', description: 'Systola sample study (phantom)' },
    index + 1,
  );
  writeFileSync(join(folder, `${view}.dcm`), bytes);
  console.log(
    `${view}.dcm: ${bytes.length} bytes, EDV ${clip.volumesMl[clip.edFrame]!.toFixed(1)} mL (frame ${clip.edFrame}), ` +
      `ESV ${clip.volumesMl[clip.esFrame]!.toFixed(1)} mL (frame ${clip.esFrame})`,
  );
}
