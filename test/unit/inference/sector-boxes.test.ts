import { expect, it } from 'vitest';
import type { Box } from '../../../core/geometry/point.ts';
import { findSector } from '../../../core/sector/find-sector.ts';
import { greyLevels } from '../../../core/sector/grey.ts';
import { sampleFrames } from '../../../main/analysis/sample-frames.ts';
import { litFrames } from '../../../main/analysis/clip-pictures.ts';
import {
  clipFacts,
  fanRegion,
  region,
  screenFrames,
  usualScreen,
  type ScreenOptions,
} from './scanner-screen.ts';

const small: Partial<ScreenOptions> = { rows: 240, columns: 320, apex: [150, 20], radius: 180 };
const rounded = fanRegion(usualScreen);

interface Screen {
  readonly name: string;
  readonly change?: Partial<ScreenOptions>;
  readonly region?: Box;
}

const screens: readonly Screen[] = [
  { name: 'loop' },
  { name: 'more frames than are looked at', change: { ...small, frames: 30 } },
  { name: 'two frames', change: { ...small, frames: 2 } },
  { name: 'still', change: { ...small, frames: 1 } },
  { name: 'curved near field', change: { apex: [300, 30], nearRadius: 40 } },
  { name: 'narrow', change: { apex: [220, 50], halfAngle: 0.6, litAngle: 0.6 } },
  { name: 'dark sides', change: { ...small, litAngle: 0.55 } },
  { name: 'large', change: { rows: 900, columns: 1200, apex: [560, 60], radius: 720, frames: 3 } },
  {
    name: 'ends at the sector',
    change: { rows: 362, columns: 510, apex: [255, 0], radius: 360, overlays: false, frames: 2 },
  },
  { name: 'beyond the picture', change: { columns: 420, apex: [140, 40], overlays: false } },
  { name: 'letters only', change: { radius: 0, frames: 6 } },
  { name: 'region', region: rounded },
  { name: 'wide region', region: { ...rounded, minX: rounded.minX - 40, maxX: rounded.maxX + 40 } },
  { name: 'region elsewhere', region: { minX: 400, minY: 240, maxX: 639, maxY: 479 } },
  { name: 'region of the whole screen', region: { minX: 0, minY: 0, maxX: 639, maxY: 479 } },
  { name: 'region turned inside out', region: { minX: 300, minY: 300, maxX: 100, maxY: 100 } },
  { name: 'region beyond the screen', region: { minX: 200, minY: 40, maxX: 1200, maxY: 800 } },
];

async function found({ name, change, region: box }: Screen) {
  const options = { ...usualScreen, ...change };
  const frames = screenFrames(options);
  const samples = await sampleFrames(
    frames.length,
    async (index) => frames[index]!,
    new AbortController().signal,
  );
  const sector = findSector(litFrames(samples), clipFacts(options, box ? [region(box)] : []));
  const sum = frames.flatMap((frame) => [...greyLevels(frame)]).reduce((all, level) => all + level, 0);
  return {
    name,
    options,
    ...(box === undefined ? {} : { region: edges(box) }),
    sum,
    box: edges(sector.box),
    source: sector.source,
  };
}

const edges = ({ minX, minY, maxX, maxY }: Box): number[] => [minX, minY, maxX, maxY];

it('finds the boxes that the evaluation of models is held to', async () => {
  const lines = (await Promise.all(screens.map(found))).map((screen) => `  ${JSON.stringify(screen)}`);
  await expect(`[\n${lines.join(',\n')}\n]\n`).toMatchFileSnapshot('../../fixtures/sector/boxes.json');
});
