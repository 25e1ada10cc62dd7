import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const module = JSON.stringify(new URL('../../../main/dicom/frame-decoder.ts', import.meta.url).href);

/** What V8, told to collect WebAssembly code whenever it may, says of it while threads that decode come and go. */
function collections(threads: number, first = ''): string {
  const script = `
    import { writeSync } from 'node:fs';
    import { setFlagsFromString } from 'node:v8';
    import { FrameDecoder } from ${module};
    ${first}
    writeSync(1, 'start\\n');
    for (let round = 0; round < 2; round += 1) {
      const decoder = new FrameDecoder({ cacheMiB: 1, workers: ${threads} });
      await decoder.warmUp();
      await decoder.close();
    }
    writeSync(1, 'end\\n');`;
  const flags = ['--stress-wasm-code-gc', '--trace-wasm-code-gc', '--input-type=module'];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '--eval', script], {
    encoding: 'utf8',
    timeout: 170_000,
  });
  const told = /^start\n(.*)^end\n/ms.exec(stdout)?.[1];
  if (told === undefined) throw new Error(`The threads did not come and go:\n${stdout}${stderr}`);
  return told;
}

it('no WebAssembly code is collected while threads come and go, since V8 may free what they share twice', () => {
  expect(collections(3)).not.toContain('Triggering GC');
  // V8 would, and says so in these words. One thread at a time is not in danger.
  expect(collections(1, "setFlagsFromString('--wasm-code-gc');")).toContain('Triggering GC');
});
