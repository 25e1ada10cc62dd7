import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { SystolaError } from '../../../core/error.ts';
import type { LoadedModel } from '../../../main/inference/loaded-model.ts';
import { ModelAdditions } from '../../../main/models/model-additions.ts';
import { ModelRegistry } from '../../../main/models/registry.ts';
import { Turns } from '../../../main/inference/turns.ts';
import {
  copiesThePicture,
  doublesThePicture,
  ignoresThePicture,
  manifestOf,
  microModelFolder,
  microName,
  takesRootsOfNegatives,
  tinyModelFolder,
} from '../../fixtures/models/model-folder.ts';
import { addCorrection } from '../../fixtures/models/correction.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const signal = new AbortController().signal;

/** Models of the application in `bundled`, the user's in `added`, and models to be added in `elsewhere`. */
function computer() {
  const root = folder();
  const [bundled, added, elsewhere] = ['bundled', 'added', 'elsewhere'].map((name) => join(root, name));
  mkdirSync(bundled!);
  mkdirSync(elsewhere!);
  const registry = new ModelRegistry([bundled!], added!);
  const turns = new Turns();
  const told: LoadedModel[] = [];
  const additions = new ModelAdditions({
    folder: added!,
    list: () => registry.list(true),
    alone: (until, change) => turns.take(until, change),
    onAdded: (model) => told.push(model),
  });
  const add = (path: string) => additions.addFolder(path, signal);
  const refusal = (path: string): Promise<SystolaError> =>
    add(path).then(
      () => Promise.reject(new Error('it was added')),
      (error: SystolaError) => error,
    );
  return { bundled: bundled!, added: added!, elsewhere: elsewhere!, registry, additions, add, refusal, told };
}

describe('adding a model folder', () => {
  it('copies its three files, whole, and lists it as the user’s', async () => {
    const { added, elsewhere, registry, add, told } = computer();
    const source = microModelFolder(elsewhere, 'some where');
    writeFileSync(join(source, 'notes.txt'), 'not of the model');
    expect(await add(source)).toEqual({ outcome: 'added', name: microName });
    expect(readdirSync(added)).toEqual([microName]);
    expect(readdirSync(join(added, microName)).sort()).toEqual(['card.md', 'manifest.json', 'model.onnx']);
    expect(await registry.list(true)).toMatchObject([{ name: microName, problem: null, origin: 'added' }]);
    expect(told.map((model) => model.folder)).toEqual([join(added, microName)]);
    // The source may go: nothing refers to it.
    rmSync(source, { recursive: true });
    await registry.load(microName);
  });

  it('brings the correction network along, and names it in the list', async () => {
    const { added, elsewhere, registry, add, additions } = computer();
    const source = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    addCorrection(source, 'sound', { width: 24, height: 20 });
    expect(await add(source)).toEqual({ outcome: 'added', name: 'tiny' });
    const files = ['card.md', 'correction.onnx', 'manifest.json', 'model.onnx'];
    expect(readdirSync(join(added, 'tiny')).sort()).toEqual(files);
    expect((await registry.load('tiny')).correctionPath).toBe(join(added, 'tiny', 'correction.onnx'));
    const { additionId } = await additions.startUpload();
    const uploaded = tinyModelFolder(elsewhere, 'uploaded', copiesThePicture);
    addCorrection(uploaded);
    for (const file of files) {
      await additions.receive(additionId, `uploaded/${file}`, Readable.from(readFileSync(join(uploaded, file))));
    }
    expect(await additions.finish(additionId, signal)).toEqual({ outcome: 'added', name: 'uploaded' });
    expect(readdirSync(join(added, 'uploaded')).sort()).toEqual(files);
  });

  it('takes one made by the converter: whole frames, transposed', async () => {
    const { elsewhere, registry, add } = computer();
    const source = microModelFolder(elsewhere, 'converted', (manifest) => {
      manifest.name = 'gdkvm-converted';
      manifest.input = { ...manifest.input, geometry: 'frame', orientation: 'transposed' };
      manifest.accuracy = [];
    });
    expect(await add(source)).toEqual({ outcome: 'added', name: 'gdkvm-converted' });
    expect((await registry.load('gdkvm-converted')).manifest.input).toMatchObject({
      geometry: 'frame',
      orientation: 'transposed',
    });
  });

  it('of a name that is there: nothing when it is the same, a refusal when it is another', async () => {
    const { bundled, added, elsewhere, add, refusal, registry } = computer();
    tinyModelFolder(bundled, 'tiny', copiesThePicture);
    const same = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    expect(await add(same)).toEqual({ outcome: 'already-there', name: 'tiny' });
    const halved = [{ operator: 'Sqrt', inputs: ['image'], outputs: ['probability'] }];
    const other = tinyModelFolder(join(elsewhere, 'other'), 'tiny', halved);
    const error = await refusal(other);
    expect(error).toMatchObject({ code: 'model-name-taken', file: other });
    expect(error.message).toMatch(/comes with Systola.*another "name"/);
    expect(readdirSync(added)).toEqual([]);
    expect(await registry.list(true)).toHaveLength(1);
  });

  it('of the same graph with another manifest is told from the same model', async () => {
    const { added, elsewhere, add, refusal } = computer();
    await add(tinyModelFolder(elsewhere, 'tiny', copiesThePicture));
    const recalibrated = tinyModelFolder(join(elsewhere, 'new'), 'tiny', copiesThePicture, { threshold: 0.4 });
    const error = await refusal(recalibrated);
    expect(error).toMatchObject({ code: 'model-name-taken', file: recalibrated });
    expect(error.message).toMatch(/this graph and another manifest.*Remove that one first/);
    expect(manifestOf(join(added, 'tiny')).threshold).toBe(0.5);
  });

  it('is refused where another folder has its place', async () => {
    const { added, elsewhere, refusal } = computer();
    tinyModelFolder(added, 'tiny', copiesThePicture, { name: 'put-there-by-hand' });
    const error = await refusal(tinyModelFolder(elsewhere, 'tiny', copiesThePicture));
    expect(error.code).toBe('model-name-taken');
    expect(manifestOf(join(added, 'tiny')).name).toBe('put-there-by-hand');
  });
});

/** A graph with a tensor whose values are elsewhere (`external_data`, field 13 of a TensorProto), merged with its own. */
function withExternalWeights(graph: Uint8Array): Uint8Array {
  const field = (number: number, content: readonly number[]): number[] => [8 * number + 2, content.length, ...content];
  return Uint8Array.from([...graph, ...field(7, field(5, field(13, field(1, [...Buffer.from('location')]))))]);
}

describe('what is refused, with the reason, and leaves nothing behind', () => {
  type Made = (elsewhere: string) => string;
  const cases: readonly (readonly [what: string, make: Made, code: string, says: RegExp])[] = [
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
      'a model that does not look at its picture',
      (elsewhere) => tinyModelFolder(elsewhere, 'blind', ignoresThePicture),
      'model-invalid',
      /the same probabilities for a picture as for none/,
    ],
  ];

  const corrected = (change: (folder: string) => void) => (elsewhere: string) => {
    const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    change(made);
    return made;
  };
  const corrections: typeof cases = [
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

  it.each([...cases, ...corrections])('%s', async (_, make, code, says) => {
    const { added, elsewhere, registry, refusal } = computer();
    const error = await refusal(make(elsewhere));
    expect(error).toMatchObject({ name: 'SystolaError', code });
    expect(`${error.file}: ${error.message}`).toMatch(says);
    expect(error.file).toContain(elsewhere);
    expect(error.message).not.toContain('.adding-');
    expect(readdirSync(added)).toEqual([]);
    expect(await registry.list(true)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('a pipe in place of a file, without waiting on it', async () => {
    const { elsewhere, refusal } = computer();
    const made = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    unlinkSync(join(made, 'card.md'));
    execFileSync('mkfifo', [join(made, 'card.md')]);
    expect(await refusal(made)).toMatchObject({ code: 'model-invalid' });
  });

  it('what is cancelled', async () => {
    const { added, elsewhere, additions } = computer();
    const abort = new AbortController();
    const adding = additions.addFolder(tinyModelFolder(elsewhere, 'tiny', copiesThePicture), abort.signal);
    abort.abort();
    await expect(adding).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(added)).toEqual([]);
  });

  it('what is cancelled while nothing arrives', async () => {
    const { added, additions } = computer();
    const { additionId } = await additions.startUpload();
    const received = additions.receive(additionId, 'tiny/model.onnx', new Readable({ read: () => undefined }));
    await Promise.all([
      expect(received).rejects.toMatchObject({ code: 'cancelled' }),
      additions.cancel(additionId),
    ]);
    expect(readdirSync(added)).toEqual([]);
  });

  it('what a crash left behind is not a model, and goes when it is old', async () => {
    const { added, elsewhere, registry, add } = computer();
    const left = ['.adding-1', '.removed-1'].map((name) => tinyModelFolder(added, name, copiesThePicture));
    expect(await registry.list()).toEqual([]);
    execFileSync('touch', ['-d', '2 days ago', ...left]);
    await add(tinyModelFolder(elsewhere, 'tiny', copiesThePicture));
    expect(readdirSync(added)).toEqual(['tiny']);
    expect(readFileSync(join(added, 'tiny', 'card.md'), 'utf8')).toBe('# tiny\n');
  });
});
