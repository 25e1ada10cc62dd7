import { open } from 'node:fs/promises';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { TableColumn } from './measurement-table.ts';

/**
 * Rows that are held in memory and then written as one group. The bytes of a file are decided by its rows and this number,
 * not by how the rows come.
 */
const rowsOfGroup = 20_000;

const physical = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  number: { type: 'DOUBLE' },
} as const;

/** A table of cells as Parquet, Snappy-compressed: texts, 32-bit integers and doubles, null for an empty cell. */
export class ParquetTable {
  readonly #columns: readonly TableColumn[];
  readonly #path: string;
  readonly #writer: ParquetWriter;
  #cells: (string | number | null)[][];
  #rows = 0;

  constructor(path: string, columns: readonly TableColumn[]) {
    this.#path = path;
    this.#columns = columns;
    this.#cells = columns.map(() => []);
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: [
        { name: 'root', num_children: columns.length },
        ...columns.map(({ name, type }) => ({
          name,
          repetition_type: 'OPTIONAL' as const,
          ...physical[type],
        })),
      ],
    });
  }

  /** @param cells as a table of text has them */
  async add(cells: readonly string[]): Promise<void> {
    for (const [index, { type }] of this.#columns.entries()) {
      const cell = cells[index] ?? '';
      this.#cells[index]!.push(cell === '' ? null : type === 'text' ? cell : Number(cell));
    }
    this.#rows += 1;
    if (this.#rows === rowsOfGroup) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#writer.finish();
    const file = await open(this.#path, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #flush(): Promise<void> {
    if (this.#rows === 0) return;
    const columnData = this.#columns.map(({ name }, index) => ({ name, data: this.#cells[index]! }));
    await this.#writer.write({ columnData, rowGroupSize: rowsOfGroup });
    this.#cells = this.#columns.map(() => []);
    this.#rows = 0;
  }
}
