import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  copiesThePicture,
  doublesThePicture,
  ignoresThePicture,
  microModelFolder,
  takesRootsOfNegatives,
  tinyModelFolder,
} from '../../fixtures/models/model-folder.ts';
import { threeStructuresFolder } from '../../fixtures/models/three-structures.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { computer, expectRefusal, type Refused } from './computer.ts';

const folder = temporaryFolders();

describe('what is refused, with the reason, and leaves nothing behind', () => {
  const cases: readonly Refused[] = [
    [
      'a checkpoint',
      (elsewhere) => {
        writeFileSync(join(elsewhere, 'best.pth'), 'weights');
        return join(elsewhere, 'best.pth');
      },
      'model-is-checkpoint',
      /"python -m gdkvm convert best\.pth --out <folder>" makes a model folder/,
    ],
    [
      'a folder with a checkpoint in it',
      (elsewhere) => {
        writeFileSync(join(elsewhere, 'epoch 3.ckpt'), 'weights');
        return elsewhere;
      },
      'model-is-checkpoint',
      /convert/,
    ],
    ['a folder that is not there', (elsewhere) => join(elsewhere, 'gone'), 'not-found', /no such/],
    ['an empty folder', (elsewhere) => elsewhere, 'model-not-found', /no manifest\.json/],
    [
      'a file of a model folder',
      (elsewhere) => join(tinyModelFolder(elsewhere, 'tiny', copiesThePicture), 'model.onnx'),
      'model-invalid',
      /Choose the folder/,
    ],
    [
      'a manifest that is cut off',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        truncateSync(join(made, 'manifest.json'), 200);
        return made;
      },
      'model-invalid',
      /not JSON/,
    ],
    [
      'a manifest of more than a megabyte',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        writeFileSync(join(made, 'manifest.json'), ' '.repeat(1_000_001));
        return made;
      },
      'too-large',
      /1 MB/,
    ],
    [
      'a card of more than a megabyte',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        truncateSync(join(made, 'card.md'), 1_000_001);
        return made;
      },
      'too-large',
      /1 MB/,
    ],
    [
      'a graph of more than 500 MB, unread',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        truncateSync(join(made, 'model.onnx'), 500_000_001);
        return made;
      },
      'too-large',
      /500 MB/,
    ],
    [
      'a graph outside of its folder',
      (elsewhere) =>
        microModelFolder(elsewhere, 'out', (manifest) => {
          manifest.graph.file = '../model.onnx';
        }),
      'model-invalid',
      /graph\.file/,
    ],
    [
      'a graph that is a link',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        const other = tinyModelFolder(elsewhere, 'other', copiesThePicture);
        unlinkSync(join(made, 'model.onnx'));
        symlinkSync(join(other, 'model.onnx'), join(made, 'model.onnx'));
        return made;
      },
      'model-invalid',
      /is a link/,
    ],
    [
      'a manifest that is a link',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        const other = tinyModelFolder(elsewhere, 'other', copiesThePicture);
        unlinkSync(join(made, 'manifest.json'));
        symlinkSync(join(other, 'manifest.json'), join(made, 'manifest.json'));
        return made;
      },
      'model-invalid',
      /is a link/,
    ],
    [
      'a graph that is missing',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        unlinkSync(join(made, 'model.onnx'));
        return made;
      },
      'model-not-found',
      /has no model\.onnx/,
    ],
    [
      'another graph than the manifest names',
      (elsewhere) => {
        const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
        writeFileSync(join(made, 'model.onnx'), 'another');
        return made;
      },
      'model-hash-mismatch',
      /not the one its manifest names/,
    ],
    [
      'a graph that is cut off',
      (elsewhere) => microModelFolder(elsewhere, 'cut', (_, graph) => graph.subarray(0, graph.length >> 1)),
      'model-invalid',
      /cannot be used/,
    ],
    [
      'a file that is no graph',
      (elsewhere) => microModelFolder(elsewhere, 'text', () => Buffer.from('no graph at all')),
      'model-invalid',
      /cannot be used/,
    ],
    [
      'a manifest with another picture size than the graph',
      (elsewhere) =>
        microModelFolder(elsewhere, 'size', (manifest) => {
          manifest.input.width = 128;
          manifest.graph.state.find(({ name }) => name === 'mask')!.shape = [1, 1, 64, 128];
        }),
      'model-invalid',
      /1×1×64×64 in the graph, 1×1×64×128 in the manifest/,
    ],
    [
      'a manifest whose mask is not of the picture’s size',
      (elsewhere) =>
        microModelFolder(elsewhere, 'mask', (manifest) => {
          manifest.input.width = 128;
        }),
      'model-invalid',
      /contradicts itself: the mask state "mask" is 1×1×64×64, the picture 1×1×64×128/,
    ],
    [
      'a model of another structure',
      (elsewhere) => tinyModelFolder(elsewhere, 'atrium', copiesThePicture, { structures: ['left-atrium'] }),
      'model-invalid',
      /structures: must name "lv-cavity"/,
    ],
    [
      'a manifest that leaves a memory out',
      (elsewhere) =>
        microModelFolder(elsewhere, 'short', (manifest) => {
          manifest.graph.state = manifest.graph.state.filter(({ name }) => name !== 'sensory');
        }),
      'model-invalid',
      /input "sensory" that the manifest does not name/,
    ],
    [
      'a manifest that names an output that is not there',
      (elsewhere) =>
        microModelFolder(elsewhere, 'named', (manifest) => {
          manifest.graph.state[0]!.output = 'next_nothing';
        }),
      'model-invalid',
      /"next_nothing"/,
    ],
    [
      'a manifest that takes one output for two memories',
      (elsewhere) =>
        microModelFolder(elsewhere, 'twice', (manifest) => {
          manifest.graph.state[0]!.output = manifest.graph.state[1]!.output;
        }),
      'model-invalid',
      /named twice/,
    ],
    [
      'a model that gives NaN, if only on a picture that is not black',
      (elsewhere) => tinyModelFolder(elsewhere, 'nan', takesRootsOfNegatives),
      'model-invalid',
      /not numbers/,
    ],
    [
      'a model whose numbers are no probabilities',
      (elsewhere) => tinyModelFolder(elsewhere, 'two', doublesThePicture),
      'model-invalid',
      /between 0 and 1/,
    ],
    [
      'a structure that is drawn by no output',
      (elsewhere) =>
        threeStructuresFolder(elsewhere, {
          manifest: (one) => void delete one.graph.outputs.structures!['lv-wall'],
        }),
      'model-invalid',
      /contradicts itself: structures names "lv-wall", of which graph\.outputs\.structures has no output/,
    ],
    [
      'a structure that this version does not know',
      (elsewhere) =>
        threeStructuresFolder(elsewhere, {
          manifest: (one) => {
            one.structures.push('right-atrium');
            one.graph.outputs.structures!['right-atrium'] = 'next_mask';
          },
        }),
      'model-invalid',
      /draws no "right-atrium"/,
    ],
    [
      'an output of a structure that the graph has not',
      (elsewhere) =>
        threeStructuresFolder(elsewhere, {
          manifest: (one) => void (one.graph.outputs.structures!['lv-wall'] = 'lv_rim'),
        }),
      'model-invalid',
      /names the output "lv_rim", the graph has/,
    ],
    [
      'a map of a structure that is no probability',
      (elsewhere) =>
        threeStructuresFolder(elsewhere, {
          wall: [{ operator: 'Add', inputs: ['two', 'image'], outputs: ['lv_wall'] }],
        }),
      'model-invalid',
      /as "lv-wall" the model returned values from 2 to/,
    ],
    [
      'a map of a structure that is NaN, if only on a picture that is not black',
      (elsewhere) =>
        threeStructuresFolder(elsewhere, {
          wall: [
            { operator: 'Neg', inputs: ['image'], outputs: ['lv_wall_negative'] },
            { operator: 'Sqrt', inputs: ['lv_wall_negative'], outputs: ['lv_wall'] },
          ],
        }),
      'model-invalid',
      /as "lv-wall" the model returned values that are not numbers/,
    ],
    [
      'a model that does not look at its picture',
      (elsewhere) => tinyModelFolder(elsewhere, 'blind', ignoresThePicture),
      'model-invalid',
      /the same probabilities for a picture as for none/,
    ],
  ];

  it.each(cases)('%s', (...refused) => expectRefusal(folder(), refused));

  it.skipIf(process.platform === 'win32')('a pipe in place of a file, without waiting on it', async () => {
    const { elsewhere, refusal } = computer(folder());
    const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    unlinkSync(join(made, 'card.md'));
    execFileSync('mkfifo', [join(made, 'card.md')]);
    expect(await refusal(made)).toMatchObject({ code: 'model-invalid' });
  });
});
