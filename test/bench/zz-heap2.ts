import { chromium } from '@playwright/test';
import { writeFileSync } from 'node:fs';
const root = '/work/team/lead/';
const { Library } = await import(root + 'main/library/library.ts');
const { Workstation } = await import(root + 'test/end-to-end/loopback-workstation.ts');
const { addManyStudies } = await import(root + 'test/fixtures/library/many-studies.ts');
const workstation = new Workstation({ models: false });
const library = await Library.open(workstation.library);
await addManyStudies(library, { small: 100, measured: 20 });
library.close();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--disable-gpu', '--no-sandbox', ...(process.argv[3] ? ['--js-flags=' + process.argv[3]] : [])] });
await workstation.start();
const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
await page.goto(workstation.url);
await page.locator('[data-row]').first().click();
await page.waitForSelector('[data-testid=ef]');
const session = await page.context().newCDPSession(page);
// walks inside the page, so that Playwright's own traces count little
const walk = (steps: number) =>
  page.evaluate(async (steps) => {
    const w = window as any;
    w.at ??= 0; w.way ??= 'j';
    for (let i = 0; i < steps; i += 1) {
      if (w.at === 0) w.way = 'j';
      if (w.at === 19) w.way = 'k';
      w.at += w.way === 'j' ? 1 : -1;
      const name = () => document.querySelector('[data-testid=patient-name]')?.textContent ?? '';
      const before = name();
      window.dispatchEvent(new KeyboardEvent('keydown', { key: w.way, bubbles: true, cancelable: true }));
      await new Promise<void>((seen) => {
        const look = () => {
          if (name() !== before && document.querySelector('[data-testid=ef]') && document.querySelector('[data-picture=cine][data-drawn=true]')) seen();
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    }
  }, steps);
async function snapshot(name: string) {
  for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
  let text: string[] = [];
  const on = ({ chunk }: { chunk: string }) => { text.push(chunk); };
  session.on('HeapProfiler.addHeapSnapshotChunk', on);
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  session.off('HeapProfiler.addHeapSnapshotChunk', on);
  writeFileSync(`/tmp/lead/${name}.heapsnapshot`, text.join(''));
}

await session.send('Performance.enable');
for (let done = 0; done <= Number(process.argv[2]); done += 250) {
  for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const m = (n: string) => metrics.find((x) => x.name === n)!.value;
  console.log(done, (m('JSHeapUsedSize') / 2 ** 20).toFixed(2), m('Nodes'));
  await walk(250);
}
await browser.close();
await workstation.dispose();
process.exit(0);
