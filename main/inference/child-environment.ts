/**
 * What the inference process inherits: enough to find shared libraries, a GPU driver and a place for temporary
 * files. Everything else (tokens, proxies, NODE_OPTIONS) stays with the application.
 */
const inherited = [
  'PATH',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'WINDIR',
  'LOCALAPPDATA',
  'USERPROFILE',
  'XDG_RUNTIME_DIR',
  'XDG_CACHE_HOME',
  'VK_DRIVER_FILES',
  'VK_ICD_FILENAMES',
  'CUDA_VISIBLE_DEVICES',
];

/** Environment of the inference process, taken from the application's. */
export function childEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && inherited.includes(name.toUpperCase())) result[name] = value;
  }
  return result;
}
