const longestCode = 16;
/** No Huffman tree of 257 leaves is deeper. */
const deepest = 256;

/** A Huffman code of JPEG: how many codes there are of each length, their symbols in order, and the codes themselves. */
export interface HuffmanCode {
  /** For the lengths 1 to 16. */
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
  /** By symbol: the code, and its length; 0 where the symbol has none. */
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/**
 * The shortest code for symbols that come as often as stated, no longer than 16 bits and without the code of ones alone,
 * which JPEG does not allow (ITU-T T.81 K.2).
 *
 * @param frequencies by symbol, 256 of them; those that do not come have no code
 */
export function huffmanCode(frequencies: Uint32Array): HuffmanCode {
  const depths = depthCounts(frequencies);
  shorten(depths);
  // The place that was kept for ones alone is the last of the longest.
  for (let length = longestCode; length > 0; length -= 1) {
    if (depths[length]! > 0) {
      depths[length]! -= 1;
      break;
    }
  }
  const order = orderByDepth(frequencies);
  const counts = Uint8Array.from(depths.subarray(1, longestCode + 1));
  const symbols = Uint8Array.from(order);
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= longestCode; length += 1) {
    for (let index = 0; index < counts[length - 1]!; index += 1) {
      codes[symbols[next]!] = code;
      lengths[symbols[next]!] = length;
      code += 1;
      next += 1;
    }
    code <<= 1;
  }
  return { counts, symbols, codes, lengths };
}

/** How many leaves a Huffman tree has at each depth, one more among them that comes least often. */
function depthCounts(frequencies: Uint32Array): Uint16Array {
  let nodes = [...frequencies.filter((frequency) => frequency > 0), 0].map((frequency) => ({
    frequency,
    leaves: [0],
  }));
  while (nodes.length > 1) {
    nodes = nodes.toSorted((a, b) => b.frequency - a.frequency);
    const [a, b] = [nodes.pop()!, nodes.pop()!];
    const leaves = [...a.leaves, ...b.leaves].map((depth) => depth + 1);
    nodes.push({ frequency: a.frequency + b.frequency, leaves });
  }
  const depths = new Uint16Array(deepest + 1);
  // A single leaf, where no symbol comes at all, still takes one bit.
  for (const depth of nodes[0]!.leaves) depths[Math.max(1, depth)]! += 1;
  return depths;
}

/** Moves leaves that lie too deep up in pairs: one to its parent's place, the other beside a leaf further up (figure K.3). */
function shorten(depths: Uint16Array): void {
  for (let depth = deepest; depth > longestCode; depth -= 1) {
    while (depths[depth]! > 0) {
      let higher = depth - 2;
      while (depths[higher] === 0) higher -= 1;
      depths[depth]! -= 2;
      depths[depth - 1]! += 1;
      depths[higher]! -= 1;
      depths[higher + 1]! += 2;
    }
  }
}

/** Symbols that come, the most frequent first: those get the short codes. */
function orderByDepth(frequencies: Uint32Array): number[] {
  return Array.from({ length: 256 }, (_, symbol) => symbol)
    .filter((symbol) => frequencies[symbol]! > 0)
    .toSorted((a, b) => frequencies[b]! - frequencies[a]! || a - b);
}
