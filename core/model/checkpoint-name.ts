/** Whether the name is one that training frameworks give their checkpoints. */
export function isCheckpoint(name: string): boolean {
  return /\.(pth|pt|ckpt|safetensors)(\.tar)?$/i.test(name);
}
