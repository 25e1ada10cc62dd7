/** Why one frame cannot be decoded, as the end of a sentence: "Frame 3 cannot be decoded: …". */
export class UndecodableFrame extends Error {}
