import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readWithDcmjs } from '../fixtures/dicom/dcmjs.ts';
import { readDataSet } from './read-data-set.ts';
import type { ExportedObject } from './exported-object.ts';

/** What a program that is not ours makes of an exported object. */
export interface Check {
  readonly tool: string;
  /** False where the program is not on this machine. */
  isHere(): boolean;
  appliesTo(object: ExportedObject): boolean;
  /** What is wrong with the object, nothing when it passes. */
  problems(object: ExportedObject): readonly string[];
}

/** What dcmpschk says of each attribute, apart. */
const objections = (said: string): string[] =>
  said.split(/^E: $/m).filter((one) => /^E:/m.test(one) || /^W: (?!Testing|Test failed)/m.test(one));

/** It checks text by ASCII, whatever character set the object states. */
const isInOtherScript = (objection: string): boolean =>
  /does not conform to data type definition/.test(objection) &&
  /Attribute value\s+: \[.*\P{ASCII}.*\]/u.test(objection);

/** It wants a name in what is of type 2 (PS3.3 C.7.1.1) and empty in the study as well. */
const isOfNoName = (objection: string, { bytes }: ExportedObject): boolean =>
  /^W: patientName absent or empty/m.test(objection) &&
  (readWithDcmjs(bytes).dict['00100010']?.Value ?? []).every((name) => !name) &&
  objections(objection.replace(/^W: patientName absent or empty.*$/m, '')).length === 0;

const structuredReports = new Set(['1.2.840.10008.5.1.4.1.1.88.33', '1.2.840.10008.5.1.4.1.1.88.72']);
const isReport = ({ sopClassUid }: ExportedObject): boolean => structuredReports.has(sopClassUid);
const isSimplifiedEcho = ({ sopClassUid }: ExportedObject): boolean => sopClassUid.endsWith('.88.72');
const isPresentation = ({ sopClassUid }: ExportedObject): boolean => /\.1\.1\.11\.[12]$/.test(sopClassUid);
const isPdf = ({ sopClassUid }: ExportedObject): boolean => sopClassUid.endsWith('.104.1');

/** Java refuses the validator's own style sheets without these. */
const javaLimits = ['TotalOpLimit', 'ExprOpLimit', 'ExprGrpLimit'].map((name) => `-Djdk.xml.xpath${name}=0`);
const mostBytesForPixelmed = 600_000;
const pixelmed = '/usr/share/java/pixelmed.jar';

export const checks: readonly Check[] = [
  command('dciodvfy', {
    problems: (said, object) =>
      said
        .split('\n')
        .filter((line) => line.startsWith('Error'))
        // It is older than that object.
        .filter((line) => !(isSimplifiedEcho(object) && line.includes('Information Object Not found'))),
  }),
  command('dcmdump', { problems: warnings }),
  command('dsrdump', {
    appliesTo: isReport,
    problems: (said, object) =>
      warnings(said).filter(
        (line) =>
          !/ISO_IR 192/.test(line) && !(isSimplifiedEcho(object) && /template constraints/.test(line)),
      ),
  }),
  command('dsr2xml', {
    appliesTo: isReport,
    problems: (said) => warnings(said).filter((line) => line.startsWith('E:')),
  }),
  command('dsr2html', {
    appliesTo: isReport,
    problems: (said) => warnings(said).filter((line) => line.startsWith('E:')),
  }),
  command('dcmpschk', {
    appliesTo: isPresentation,
    problems: (said, object) =>
      said.includes('Test passed')
        ? []
        : objections(said).filter((one) => !isInOtherScript(one) && !isOfNoName(one, object)),
  }),
  {
    tool: 'Pixelmed',
    isHere: () => isOnPath('java') && existsSync(pixelmed),
    // Of a larger one it takes gigabytes and more than ten minutes, since it looks at every item from every rule.
    appliesTo: (object) => isReport(object) && object.bytes.length <= mostBytesForPixelmed,
    problems(object) {
      const said = saidBy(
        'java',
        ...javaLimits,
        '-cp',
        pixelmed,
        'com.pixelmed.validate.DicomSRValidator',
        object.path,
      );
      // Of templates that it does not know it says so, and that what they hold is not in one that it does.
      return said.split('\n').filter((line) => /^Error|Exception/.test(line));
    },
  },
  {
    tool: 'dcm2pdf',
    isHere: () => isOnPath('dcm2pdf') && isOnPath('pdffonts'),
    appliesTo: isPdf,
    problems({ path }) {
      saidBy('dcm2pdf', path, `${path}.pdf`);
      const fonts = saidBy('pdffonts', `${path}.pdf`)
        .split('\n')
        .slice(2)
        .filter((line) => line !== '');
      if (fonts.length === 0) return ['no fonts in it, or no PDF'];
      return fonts.filter((line) => !/\s(?:yes)\s+(?:yes|no)\s+(?:yes|no)\s+\d+\s+\d+\s*$/.test(line));
    },
  },
  {
    tool: 'our own reader',
    isHere: () => true,
    appliesTo: () => true,
    problems: ({ bytes }) => readDataSet(bytes),
  },
];

interface Judge {
  appliesTo?(object: ExportedObject): boolean;
  problems(said: string, object: ExportedObject): readonly string[];
}

function command(tool: string, { appliesTo = () => true, problems }: Judge): Check {
  return {
    tool,
    isHere: () => isOnPath(tool),
    appliesTo,
    problems: (object) => problems(saidBy(tool, object.path), object),
  };
}

function warnings(said: string): string[] {
  return said.split('\n').filter((line) => /^[EW]:/.test(line));
}

export function isOnPath(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** All that a program says, on both streams; how it ended as well, when that was not well. */
function saidBy(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync('sh', ['-c', '"$@" 2>&1', 'sh', program, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    const { stdout, status, signal } = error as { stdout?: string; status?: number; signal?: string };
    return `${stdout ?? ''}\nE: ${program} ended with ${status ?? signal ?? 'no status'}`;
  }
}
