/* The command line: the same services as the window, without one. */
import { researchUseNotice } from '../../core/notice.ts';
import { installation } from '../application/installation.ts';
import { exitCodes } from './exit-codes.ts';

const usage = `Systola ${installation.version}. ${researchUseNotice}

  systola analyze <file or folder>... --out <dir>   contours, volumes and EF of every clip
  systola export <study UID>... --out <dir>         studies of a library as report or as JSON
  systola deidentify <file>... --preset <p> --out <dir>   clips that name nobody
  systola mapping <study UID>... --preset <p> --out <file>   who is who among them
  systola frames <file> --out <dir>                 each frame's displayed pixels as PNG
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
    case 'deidentify': {
      const { runDeidentify } = await import('./deidentify.ts');
      return runDeidentify(rest);
    }
    case 'frames': {
      const { runFrames } = await import('./frames.ts');
      return runFrames(rest);
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
