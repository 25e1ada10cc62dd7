import type { ModelManifest } from '../../../core/model/manifest.ts';
import { encodeOnnxModel, type OnnxNode } from '../../../main/inference/onnx-graph.ts';
import { copyOfMicroModel } from './micro-clip.ts';

const size = 64;
const picture = [1, 1, size, size];

/** Tensors that any of the graphs below may use: `one`, and `dark`, the logarithm of one less the brightest pixel. */
const common: readonly OnnxNode[] = [
  node('Sub', ['image', 'image'], 'zero'),
  node('Exp', ['zero'], 'one'),
  node('ReduceMax', ['image'], 'brightest'),
  node('Sub', ['one', 'brightest'], 'headroom'),
  node('Log', ['headroom'], 'dark'),
  // 0, but NaN where a pixel of the picture is all white.
  node('Sub', ['dark', 'dark'], 'nothing'),
];

const heedsMask: readonly OnnxNode[] = [
  node('Add', ['one', 'one'], 'two'),
  node('Add', ['image', 'memory'], 'sum'),
  node('Div', ['sum', 'two'], 'probability'),
  node('Identity', ['probability'], 'next_memory'),
];

/** Graphs that are what their manifests say; all but 'plain', 'heeds-mask' and 'three-structures' go wrong when they run. */
export const builtGraphs = {
  /** Answers a frame with a white pixel with NaN. */
  'nan-result': [
    node('Add', ['image', 'nothing'], 'logit'),
    node('Sigmoid', ['logit'], 'probability'),
    node('Identity', ['memory'], 'next_memory'),
  ],
  /** Answers a frame with a white pixel soundly, but has NaN in its memory ever after. */
  'nan-memory': [
    node('Add', ['image', 'memory'], 'logit'),
    node('Sigmoid', ['logit'], 'probability'),
    node('Add', ['memory', 'nothing'], 'next_memory'),
  ],
  /** Forgets that probabilities end at 1. */
  logits: [
    node('Add', ['one', 'one'], 'two'),
    node('Sub', ['two', 'image'], 'probability'),
    node('Identity', ['memory'], 'next_memory'),
  ],
  /** The same, but not at the dark frame that it is tried with. */
  'logits-in-light': [
    node('Div', ['image', 'headroom'], 'probability'),
    node('Identity', ['memory'], 'next_memory'),
  ],
  /** Contours whatever is brighter than the rest. */
  plain: [
    node('Sub', ['image', 'headroom'], 'contrast'),
    node('Sigmoid', ['contrast'], 'probability'),
    node('Identity', ['memory'], 'next_memory'),
  ],
  /** The mean of the picture and the mask before it: half of what is given shows in the next map, a quarter after it. */
  'heeds-mask': heedsMask,
  /** The same, with a wall and an atrium of it and the picture. */
  'three-structures': [
    ...heedsMask,
    node('Max', ['probability', 'image'], 'lv_wall'),
    node('Mul', ['probability', 'image'], 'left_atrium'),
  ],
  /** The same, with an atrium that forgets that probabilities end at 1 at pictures that are not black. */
  'unsound-atrium': [
    ...heedsMask,
    node('Max', ['probability', 'image'], 'lv_wall'),
    node('Div', ['image', 'headroom'], 'left_atrium'),
  ],
  /** The same, with an atrium that is NaN at a picture with a white pixel. */
  'nan-atrium': [
    ...heedsMask,
    node('Max', ['probability', 'image'], 'lv_wall'),
    node('Add', ['image', 'nothing'], 'left_atrium'),
  ],
} satisfies Record<string, readonly OnnxNode[]>;

const drawsThree: readonly string[] = ['three-structures', 'unsound-atrium', 'nan-atrium'];

/** A folder of models with one whose graph is built here; `more` changes its manifest, not its graph. */
export async function builtModel(
  kind: keyof typeof builtGraphs,
  more: (manifest: ModelManifest) => void = () => {},
): ReturnType<typeof copyOfMicroModel> {
  const tensor = (name: string, shape: readonly number[]) => ({ name, shape });
  const besides = drawsThree.includes(kind) ? ['lv_wall', 'left_atrium'] : [];
  const graph = encodeOnnxModel({
    name: kind,
    nodes: [...common, ...builtGraphs[kind]],
    inputs: [tensor('image', picture), tensor('first_frame', [1]), tensor('memory', picture)],
    outputs: ['probability', ...besides, 'next_memory'].map((name) => tensor(name, picture)),
  });
  return copyOfMicroModel((manifest) => {
    manifest.name = kind;
    manifest.graph.state = [{ name: 'memory', input: 'memory', output: 'next_memory', shape: [...picture] }];
    manifest.graph.maskState = 'memory';
    manifest.input.width = size;
    manifest.input.height = size;
    if (besides.length > 0) {
      manifest.structures = ['lv-cavity', 'lv-wall', 'left-atrium'];
      manifest.graph.outputs.structures = { 'lv-wall': 'lv_wall', 'left-atrium': 'left_atrium' };
    }
    more(manifest);
    return graph;
  });
}

function node(operator: string, inputs: readonly string[], output: string): OnnxNode {
  return { operator, inputs, outputs: [output] };
}
