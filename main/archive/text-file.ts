import { open, type FileHandle } from 'node:fs/promises';

/** Characters that are written at once. */
const charactersAtOnce = 1 << 20;

/** A text that is longer than memory, written line by line. */
export class TextFile {
  readonly #file: FileHandle;
  #lines: string[] = [];
  #characters = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<TextFile> {
    return new TextFile(await open(path, 'wx'));
  }

  /** With CRLF after it, as tables have it (RFC 4180). */
  async line(text: string): Promise<void> {
    this.#lines.push(`${text}\r\n`);
    this.#characters += text.length;
    if (this.#characters >= charactersAtOnce) await this.#flush();
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
      await this.#file.sync();
    } finally {
      await this.#file.close();
    }
  }

  async #flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    this.#characters = 0;
    await this.#file.writeFile(lines.join(''), 'utf8');
  }
}
