/** What the command line's exit codes mean; stable, scripts rely on them. */
export const exitCodes = {
  /** Everything that was asked for was done. */
  done: 0,
  /** Some files failed or were refused. */
  partly: 1,
  /** Nothing could be read. */
  nothing: 2,
  /** The command line itself is wrong (EX_USAGE of sysexits.h). */
  usage: 64,
  /** Stopped by Ctrl-C, as shells report it. */
  interrupted: 130,
} as const;
