import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = resolve(import.meta.dirname, '../../../docs/decisions');
const mostLines = 40;

interface Decision {
  readonly file: string;
  readonly number: string;
  readonly title: string;
  readonly status: string;
  readonly date: string;
  readonly text: string;
}

function read(file: string): Decision {
  const text = readFileSync(join(folder, file), 'utf8');
  const [, number = '', title = ''] = /^# (\d{4})\. (.+)$/m.exec(text) ?? [];
  const [, status = ''] = /^- Status: (.+)$/m.exec(text) ?? [];
  const [, date = ''] = /^- Date: (\d{4}-\d{2}-\d{2})$/m.exec(text) ?? [];
  return { file, number, title, status, date, text };
}

const decisions = readdirSync(folder)
  .filter((file) => file.endsWith('.md') && file !== 'README.md')
  .sort()
  .map(read);

describe('the decisions', () => {
  it('are numbered without gaps, by file and by heading', () => {
    expect(decisions.map(({ file }) => file.slice(0, 5))).toEqual(
      decisions.map((_, index) => `${String(index + 1).padStart(4, '0')}-`),
    );
    for (const { file, number } of decisions) expect(file.startsWith(`${number}-`), file).toBe(true);
  });

  it('have a date, a status, the three parts, and fit a page', () => {
    for (const { file, date, status, text } of decisions) {
      expect(date, file).not.toBe('');
      expect(status, file).toMatch(/^(accepted|superseded by \[\d{4}\]\(\S+\.md\))$/);
      expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
        'Context',
        'Decision',
        'Consequences',
      ]);
      expect(text.split('\n').length, file).toBeLessThanOrEqual(mostLines);
    }
  });

  it('stand in the index as they are', () => {
    const rows = [
      ...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(
        /^\| \[(\d{4})\]\((\S+)\) \| (.+) \| (\S+) \| (.+) \|$/gm,
      ),
    ].map((row) => row.slice(1));
    expect(rows).toEqual(
      decisions.map(({ number, file, title, date, status }) => [
        number,
        file,
        title,
        date,
        status.replace(/\[(\d{4})\]\(\S+\)/, '$1'),
      ]),
    );
  });

  it('that took the place of others say so', () => {
    for (const { file, number, status } of decisions) {
      const successor = /^superseded by \[\d{4}\]\((\S+)\)$/.exec(status)?.[1];
      if (successor === undefined) continue;
      expect(decisions.find((one) => one.file === successor)?.text, file).toContain(
        `Supersedes [${number}](${file})`,
      );
    }
  });
});
