import { symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { addCorrection } from '../../fixtures/models/correction.ts';
import { copiesThePicture, manifestOf, tinyModelFolder } from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { expectRefusal, type Refused } from './computer.ts';

const folder = temporaryFolders();

/** A graph with a tensor whose values are elsewhere (`external_data`, field 13 of a TensorProto), merged with its own. */
function withExternalWeights(graph: Uint8Array): Uint8Array {
  const field = (number: number, content: readonly number[]): number[] => [8 * number + 2, content.length, ...content];
  return Uint8Array.from([...graph, ...field(7, field(5, field(13, field(1, [...Buffer.from('location')]))))]);
}

describe('a model with a correction network that is refused, with the reason, and leaves nothing behind', () => {
  const corrected = (change: (folder: string) => void) => (elsewhere: string) => {
    const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    change(made);
    return made;
  };
  const cases: readonly Refused[] = [
    [
      'a correction network that is missing',
      corrected((made) => {
        addCorrection(made);
        unlinkSync(join(made, 'correction.onnx'));
      }),
      'model-not-found',
      /has no correction\.onnx/,
    ],
    [
      'another correction network than the manifest names',
      corrected((made) => {
        addCorrection(made);
        writeFileSync(join(made, 'correction.onnx'), 'another');
      }),
      'model-hash-mismatch',
      /correction\.onnx: .*correction network of the model "tiny" is not the one/,
    ],
    [
      'a correction network that is a link',
      corrected((made) => {
        addCorrection(made);
        unlinkSync(join(made, 'correction.onnx'));
        symlinkSync(join(made, 'model.onnx'), join(made, 'correction.onnx'));
      }),
      'model-invalid',
      /is a link/,
    ],
    [
      'a correction network of more than 500 MB, unread',
      corrected((made) => {
        addCorrection(made);
        truncateSync(join(made, 'correction.onnx'), 500_000_001);
      }),
      'too-large',
      /500 MB/,
    ],
    [
      'a correction network outside of the folder',
      corrected((made) => addCorrection(made, 'sound', { manifest: (one) => (one.file = '../correction.onnx') })),
      'model-invalid',
      /correction\.file/,
    ],
    [
      'a manifest that names one file for both networks',
      corrected((made) =>
        addCorrection(made, 'sound', {
          manifest: (one) => {
            one.file = 'model.onnx';
            one.sha256 = manifestOf(made).graph.sha256;
          },
        }),
      ),
      'model-invalid',
      /contradicts itself: correction\.file/,
    ],
    [
      'a correction network that is cut off',
      corrected((made) => addCorrection(made, 'sound', { bytes: (graph) => graph.subarray(0, graph.length >> 1) })),
      'model-invalid',
      /correction\.onnx: The correction network of the model "tiny" cannot be used/,
    ],
    [
      'a correction network with weights in another file',
      corrected((made) => addCorrection(made, 'sound', { bytes: withExternalWeights })),
      'model-invalid',
      /keeps weights in other files/,
    ],
    [
      'a correction network with another picture than its manifest says',
      corrected((made) => addCorrection(made, 'sound', { manifest: (one) => (one.width = 20) })),
      'model-invalid',
      /1×1×16×16 in the graph, 1×1×16×20 in the manifest/,
    ],
    [
      'a correction network whose numbers are no probabilities',
      corrected((made) => addCorrection(made, 'logits')),
      'model-invalid',
      /between 0 and 1/,
    ],
    [
      'a correction network that makes NaN of what is given',
      corrected((made) => addCorrection(made, 'poisoned')),
      'model-invalid',
      /not numbers/,
    ],
    [
      'a correction network that does not heed what is given',
      corrected((made) => addCorrection(made, 'deaf')),
      'model-invalid',
      /whatever a reader drew/,
    ],
    [
      'a correction network that moves contours where nothing was given',
      corrected((made) => addCorrection(made, 'opinionated')),
      'model-invalid',
      /own map back while nothing was given/,
    ],
  ];

  it.each(cases)('%s', (...refused) => expectRefusal(folder(), refused));
});
