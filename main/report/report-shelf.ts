import { readdirSync } from 'node:fs';
import { mkdir, rm, writeFile, rename } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { mostLogoBytes, type ReportMeans, type TemplateInfo } from '../../core/api/report.ts';
import { SystolaError } from '../../core/error.ts';
import { message } from '../../core/language/message.ts';
import { ownerTag, removeAbandoned } from '../files/abandoned.ts';
import { withSmallFile } from '../files/small-file.ts';
import type { ReportLogo } from './logo/report-logo.ts';
import { readLogo } from './logo/read-logo.ts';
import { defaultTemplate, type ReportTemplate, templateSchema } from './template.ts';

const mostTemplateBytes = 64 * 1024;
const mostFiles = 100;
/** Stem of the logo that the settings took in. */
const logoStem = 'logo';
const logoEndings = ['.png', '.jpg', '.jpeg', '.svg'];

/** What a report is arranged by. */
export interface Arrangement {
  readonly template: ReportTemplate;
  readonly logo: ReportLogo | null;
}

/**
 * What a house has put into the folder `templates` of its library (docs/how-to/write-a-report-template.md): templates, and
 * pictures for its logo. Files are looked at whenever they are asked for, so that whoever writes one sees it at once.
 */
export class ReportShelf {
  readonly #folder: string;

  constructor(libraryPath: string) {
    this.#folder = join(libraryPath, 'templates');
  }

  /** The template that comes along first, then the files by their names, with what is wrong with one. */
  async means(): Promise<ReportMeans> {
    const own: TemplateInfo = { file: null, name: defaultTemplate.name, problem: null };
    const templates: TemplateInfo[] = [own];
    for (const file of this.#names(['.json'])) templates.push(await this.#listed(file));
    const [logo] = this.#logoFiles();
    if (logo === undefined) return { templates, logo: null };
    const problem = await this.#logo(logo).then(
      () => null,
      (error: unknown) => reasonOf(error),
    );
    return { templates, logo: { file: logo, problem } };
  }

  /**
   * The template of this file with its logo. One that cannot be used any more gives way to the template that comes along:
   * no report waits for it. The settings say what is wrong.
   */
  async arrangement(file: string | null): Promise<Arrangement> {
    const template = file === null ? defaultTemplate : (this.#usable(file) ?? defaultTemplate);
    const picture = template.logo === undefined ? this.#logoFiles()[0] : template.logo;
    if (picture === undefined || picture === null) return { template, logo: null };
    try {
      return { template, logo: await this.#logo(picture) };
    } catch (error) {
      if (error instanceof SystolaError) return { template, logo: null };
      throw error;
    }
  }

  /** Before a template is chosen. @throws SystolaError `not-found`, `malformed` why it cannot be used */
  checkChoice(file: string | null): void {
    if (file === null) return;
    if (!this.#names(['.json']).includes(file)) {
      throw new SystolaError('not-found', 'There is no such template. Choose another one.', file);
    }
    this.#template(file);
  }

  /** Takes a picture in as the logo, in the place of the one before. @throws SystolaError why it is none */
  async putLogo(bytes: Uint8Array): Promise<void> {
    await readLogo(bytes, 'logo');
    const ending = endingOf(bytes);
    await mkdir(this.#folder, { recursive: true });
    await removeAbandoned(this.#folder, `.${logoStem}-`);
    const temporary = join(this.#folder, `.${logoStem}-${ownerTag()}${ending}`);
    await writeFile(temporary, bytes, { flush: true });
    await this.removeLogo();
    await rename(temporary, join(this.#folder, `${logoStem}${ending}`));
  }

  async removeLogo(): Promise<void> {
    for (const file of this.#logoFiles()) await rm(join(this.#folder, file), { force: true });
  }

  async #listed(file: string): Promise<TemplateInfo> {
    try {
      const { name, logo } = this.#template(file);
      if (logo !== undefined && logo !== null) await this.#logo(logo);
      return { file, name, problem: null };
    } catch (error) {
      return { file, name: file, problem: message('templates.problem', { problem: reasonOf(error) }) };
    }
  }

  #usable(file: string): ReportTemplate | null {
    try {
      this.checkChoice(file);
      return this.#template(file);
    } catch (error) {
      if (error instanceof SystolaError) return null;
      throw error;
    }
  }

  #template(file: string): ReportTemplate {
    const value = json(this.#bytes(file, mostTemplateBytes), file);
    const read = templateSchema.safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw malformed(file, `at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`);
  }

  async #logo(file: string): Promise<ReportLogo> {
    return readLogo(this.#bytes(file, mostLogoBytes), file);
  }

  #bytes(file: string, most: number): Uint8Array {
    try {
      return withSmallFile(join(this.#folder, file), most, ({ read }) => read());
    } catch (error) {
      throw new SystolaError('unreadable', `The file cannot be read: ${(error as Error).message}.`, file, {
        cause: error,
      });
    }
  }

  #logoFiles(): string[] {
    return this.#names(logoEndings).filter(
      (name) => name.slice(0, -extname(name).length).toLowerCase() === logoStem,
    );
  }

  #names(endings: readonly string[]): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((name) => endings.includes(extname(name).toLowerCase()))
        .toSorted()
        .slice(0, mostFiles);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new SystolaError('unreadable', 'The templates of the library cannot be read.', this.#folder, {
        cause: error,
      });
    }
  }
}

function endingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0x89) return '.png';
  return bytes[0] === 0xff ? '.jpg' : '.svg';
}

function json(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed(file, `no JSON in UTF-8 (${(error as Error).message})`);
  }
}

const malformed = (file: string, what: string): SystolaError =>
  new SystolaError(
    'malformed',
    `This is no template of a report, ${what}. Mend the file or take it away.`,
    file,
  );

const reasonOf = (error: unknown): string => {
  if (error instanceof SystolaError) return error.message;
  throw error;
};
