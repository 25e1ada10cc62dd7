import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { message } from '../../../core/language/message.ts';
import { addCorrection } from '../../fixtures/models/correction.ts';
import { copiesThePicture, tinyModelFolder } from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { computer } from './computer.ts';

const folder = temporaryFolders();
const network = { model: 'tiny', file: 'correction.onnx' };

it('a correction network is named in the list where it is missing, or its hash is compared and another; the model is used', async () => {
  const { bundled, registry } = computer(folder());
  const tiny = tinyModelFolder(bundled, 'tiny', copiesThePicture);
  const listed = async (verify: boolean) => (await registry.list(verify))[0];
  expect(await listed(true)).toMatchObject({ problem: null, correctionProblem: null });
  addCorrection(tiny);
  expect(await listed(true)).toMatchObject({ problem: null, correctionProblem: null });
  writeFileSync(join(tiny, 'correction.onnx'), 'another');
  expect(await listed(false)).toMatchObject({ problem: null, correctionProblem: null });
  const usable = { problem: null, active: true };
  const altered = message('models.correction.altered', network);
  expect(await listed(true)).toMatchObject({ ...usable, correctionProblem: altered });
  rmSync(join(tiny, 'correction.onnx'));
  const missing = message('models.correction.missing', network);
  for (const verify of [false, true]) {
    expect(await listed(verify)).toMatchObject({ ...usable, correctionProblem: missing });
  }
});
