type Message = 'model' | 'training' | 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor';

/** Fields of onnx.proto3 that hold, or lead to, tensors with stored values. */
const fieldsOf: Readonly<Record<Exclude<Message, 'tensor'>, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  function: { 7: 'node', 11: 'attribute' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
};
/** TensorProto: `external_data`, and `data_location`, where 1 is "external". */
const [externalData, dataLocation, external] = [13, 14, 1];
/** Protobuf readers refuse what is nested deeper. */
const deepest = 100;

/**
 * Whether an ONNX model keeps weights in other files. onnxruntime looks for them in the working directory of the
 * process, whatever folder the model came from, and their bytes are in no hash.
 *
 * @param bytes of a ModelProto; what is no sound protobuf is for onnxruntime to refuse
 */
export function hasExternalData(bytes: Uint8Array): boolean {
  return holdsExternal(bytes, 'model', 0);
}

function holdsExternal(bytes: Uint8Array, message: Message, depth: number): boolean {
  if (depth > deepest) return false;
  const reader = { bytes, at: 0 };
  while (reader.at < bytes.length) {
    const tag = readVarint(reader);
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType === 0) {
      const value = readVarint(reader);
      if (message === 'tensor' && field === dataLocation && value === external) return true;
    } else if (wireType === 1) {
      reader.at += 8;
    } else if (wireType === 5) {
      reader.at += 4;
    } else if (wireType === 2) {
      const length = readVarint(reader);
      const content = bytes.subarray(reader.at, reader.at + length);
      reader.at += length;
      if (message === 'tensor') {
        if (field === externalData) return true;
        continue;
      }
      const inner = fieldsOf[message][field];
      if (inner !== undefined && holdsExternal(content, inner, depth + 1)) return true;
    }
    // Groups (3 and 4) have tags only; what is in them is read as if it were outside.
  }
  return false;
}

/** Past the end of the bytes it reads zeros: the caller sees the end. */
function readVarint(reader: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  for (let factor = 1; ; factor *= 128) {
    const byte = reader.bytes[reader.at] ?? 0;
    reader.at += 1;
    value += (byte % 128) * factor;
    if (byte < 128) return value;
  }
}
