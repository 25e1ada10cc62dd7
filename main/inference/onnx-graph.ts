/**
 * Writes small ONNX models (protobuf wire format, field numbers of onnx.proto3) without a Python at hand.
 * Only what Systola needs: float32 tensors of fixed shape and nodes without attributes.
 */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
}

const irVersion = 8;
const opset = 17;
const float32 = 1;

/** Bytes of an ONNX ModelProto with one graph. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  return Uint8Array.from([
    ...integerField(1, irVersion),
    ...textField(2, 'systola'),
    ...bytesField(7, encodeGraph(graph)),
    ...bytesField(8, [...textField(1, ''), ...integerField(2, opset)]),
  ]);
}

/** A model that copies each tensor from `<name>_in` to `<name>_out`. */
export function identityModel(tensors: readonly OnnxTensor[]): Uint8Array {
  return encodeOnnxModel({
    name: 'identity',
    nodes: tensors.map(({ name }) => ({
      operator: 'Identity',
      inputs: [`${name}_in`],
      outputs: [`${name}_out`],
    })),
    inputs: tensors.map(({ name, shape }) => ({ name: `${name}_in`, shape })),
    outputs: tensors.map(({ name, shape }) => ({ name: `${name}_out`, shape })),
  });
}

function encodeGraph(graph: OnnxGraph): number[] {
  return [
    ...graph.nodes.flatMap((node, index) => bytesField(1, encodeNode(node, `${node.operator}_${index}`))),
    ...textField(2, graph.name),
    ...graph.inputs.flatMap((tensor) => bytesField(11, encodeValueInfo(tensor))),
    ...graph.outputs.flatMap((tensor) => bytesField(12, encodeValueInfo(tensor))),
  ];
}

function encodeNode(node: OnnxNode, name: string): number[] {
  return [
    ...node.inputs.flatMap((input) => textField(1, input)),
    ...node.outputs.flatMap((output) => textField(2, output)),
    ...textField(3, name),
    ...textField(4, node.operator),
  ];
}

function encodeValueInfo({ name, shape }: OnnxTensor): number[] {
  const dimensions = shape.flatMap((size) => bytesField(1, integerField(1, size)));
  const tensorType = [...integerField(1, float32), ...bytesField(2, dimensions)];
  return [...textField(1, name), ...bytesField(2, bytesField(1, tensorType))];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

function integerField(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function bytesField(field: number, bytes: readonly number[]): number[] {
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function textField(field: number, text: string): number[] {
  return bytesField(field, [...new TextEncoder().encode(text)]);
}
