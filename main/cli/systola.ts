/* The command line: the same services as the window, without one. */
import { researchUseNotice } from '../../core/notice.ts';
import { installation } from '../application/installation.ts';
import { exitCodes } from './exit-codes.ts';

const usage = `Systola ${installation.version}. ${researchUseNotice}

  systola analyze <file or folder>... --out <dir>   contours, volumes and EF of every clip
  systola export <study UID>... --out <dir>         studies of a library as report or as JSON
  systola send <study UID, file or folder>...       to a node, by DICOM's C-STORE
  systola echo                                      whether a node answers, by C-ECHO
  systola receive --port <port>                     take studies that others send
  systola deidentify <file>... --preset <p> --out <dir>   clips that name nobody
  systola mapping <study UID>... --preset <p> --out <file>   who is who among them
  systola frames <file> --out <dir>                 each frame's displayed pixels as PNG
  systola manifest <folder>... --out <file>         lists the studies of an archive for "analyze --manifest"
  systola merge <dir>...                            one table of what was analysed by a manifest
  systola backup <folder>                           the library into a backup, every file hashed; --check compares
  systola restore <folder>                          a state of a backup in the place of the library
  systola models [list | check | add]               models: what there is, what is sound, one more

  systola <command> --help says more about a command.`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  switch (command) {
    case 'analyze': {
      const { runAnalyze } = await import('./analyze.ts');
      return runAnalyze(rest);
    }
    case 'export': {
      const { runExport } = await import('./export.ts');
      return runExport(rest);
    }
    case 'send': {
      const { runSend } = await import('./send.ts');
      return runSend(rest);
    }
    case 'echo': {
      const { runEcho } = await import('./echo.ts');
      return runEcho(rest);
    }
    case 'receive': {
      const { runReceive } = await import('./receive.ts');
      return runReceive(rest);
    }
    case 'deidentify': {
      const { runDeidentify } = await import('./deidentify.ts');
      return runDeidentify(rest);
    }
    case 'frames': {
      const { runFrames } = await import('./frames.ts');
      return runFrames(rest);
    }
    case 'manifest': {
      const { runManifest } = await import('./manifest.ts');
      return runManifest(rest);
    }
    case 'merge': {
      const { runMerge } = await import('./merge.ts');
      return runMerge(rest);
    }
    case 'backup':
    case 'restore': {
      const { runBackup } = await import('./backup.ts');
      return runBackup(command, rest);
    }
    case 'mapping': {
      const { runMapping } = await import('./mapping.ts');
      return runMapping(rest);
    }
    case 'models': {
      const { runModels } = await import('./models.ts');
      return runModels(rest);
    }
    case '--version':
      console.log(installation.version);
      return exitCodes.done;
    case 'help':
    case '--help':
    case '-h':
      console.log(usage);
      return exitCodes.done;
    default:
      console.error(command === undefined ? usage : `There is no command "${command}".\n\n${usage}`);
      return exitCodes.usage;
  }
}
