import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RemovalState } from '../../../core/api/care.ts';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { reportFields } from '../../../core/review/report-field.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from '../application/workstation.ts';

let path: string;
let station: Awaited<ReturnType<typeof workstation>>;

beforeAll(async () => {
  path = mkdtempSync(join(tmpdir(), 'systola-test-'));
  station = await workstation(path);
  await upload(station.application, { 'a.dcm': apicalClip() });
  const { head } = await station.json<StudyDocument>('GET', `studies/${studyUid}`);
  const changes = [0, 4].map((frame) => ({
    ...{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame, before: null },
    after: manualTrace(50 + frame),
  }));
  const drawn = await station.send('POST', `studies/${studyUid}/revisions`, { head, label: 'd', changes });
  expect(drawn.status).toBe(201);
});
afterAll(async () => {
  await station.application.close();
  rmSync(path, { recursive: true, force: true });
});

const preview = (texts: unknown, study = studyUid) =>
  station.send('POST', `studies/${study}/report-preview`, { texts });
const raw = (body: string | Uint8Array, type = 'application/json') =>
  station.application.fetch(
    new Request(`http://127.0.0.1/api/studies/${studyUid}/report-preview`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: body as BodyInit,
    }),
  );

async function expectPdf(response: Response, what: string): Promise<void> {
  expect(response.status, what).toBe(200);
  expect(
    Buffer.from(await response.arrayBuffer())
      .subarray(0, 5)
      .toString(),
    what,
  ).toBe('%PDF-');
}

describe('the preview of a report', () => {
  it.each([
    ['no JSON', '{', 400],
    ['another type', '{}', 400, 'text/plain'],
    ['a list', '[]', 400],
    ['a field that there is not', '{"texts":{"patient":"x"}}', 400],
    ['a number', '{"texts":{"conclusion":7}}', 400],
    ['a text too long', JSON.stringify({ texts: { conclusion: 'x'.repeat(1_000_000) } }), 400],
    ['a body too large', `{"texts":{"conclusion":"${'x'.repeat(3_000_000)}"}}`, 413],
    ['deep nesting', `{"texts":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 400],
    ['more beside it', '{"texts":{},"logo":"/etc/passwd"}', 400],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0, 1]), 400],
  ])('refuses %s', async (_, body, status, type?: string) => {
    expect((await raw(body, type)).status).toBe(status);
  });

  it('takes nothing from a prototype', async () => {
    const { status } = await raw('{"texts":{"__proto__":{"conclusion":"Zzyzx"}}}');
    expect(status).toBe(200);
    expect('conclusion' in {}).toBe(false);
  });

  it.each([
    '..%2f..%2flibrary.sqlite',
    '%00',
    '9.9',
    'x'.repeat(5000),
    '%F0%9F%92%A3',
    "1'--",
    '1.2.3.4.5~2',
  ])('finds no study called %s', async (study) => {
    const { status } = await preview({}, study);
    expect(status).toBe(404);
  });

  it('writes whatever a person may have typed, or refuses it', async () => {
    const most = 4000;
    const hostile: Readonly<Record<string, string>> = {
      'control characters': '\0\x01\x07\x1b[31m\r\n\u2028\u2029\u0085\x7f',
      'half a character': '\ud800 and \udc00',
      'both directions': '\u202e\u2066abc\u2069\u202c אבג 123 العربية',
      'every script': 'Ж 漢字 かな 한글 ไทย עברית العربية ½ € 😀 \u{1F469}\u200D\u{1F52C}',
      'accents without end': `e${'\u0301'.repeat(most - 1)}`,
      'one word': 'W'.repeat(most),
      'lines without end': '\n'.repeat(most),
      blanks: ' \t\u00a0\u200b'.repeat(500),
      PDF: '%PDF-1.7 endobj stream endstream (\\) << /JS (x) >> %%EOF',
      placeholders: '{count, plural, one {x} other {#}} {patient} ${7*7} %s',
    };
    for (const [kind, text] of Object.entries(hostile)) {
      for (const field of reportFields) {
        const response = await preview({ [field]: text.slice(0, most) });
        if (response.status === 400) continue;
        await expectPdf(response, `${kind} in ${field}`);
      }
    }
    const all = Object.fromEntries(reportFields.map((field) => [field, 'line of words\n'.repeat(100)]));
    const response = await preview(all);
    if (response.status !== 400) await expectPdf(response, 'all fields full');
  }, 120_000);

  it('a thousand at once: each is answered, memory stays, nothing is recorded', async () => {
    const { audit } = station.application.services.library;
    await preview({});
    const entries = audit.entries().length;
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const statuses = new Map<number, number>();
    const answers = Array.from({ length: 1000 }, async (_, number) => {
      const response = await preview({ conclusion: `turn ${number}` });
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      return response.status;
    });
    const given = await Promise.all(answers);
    clearInterval(watch);
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== 409)).toEqual([]);
    // Whoever asked last is answered.
    expect(given.at(-1)).toBe(200);
    expect(most - before).toBeLessThan(300e6);
    expect(audit.entries().length).toBe(entries);
    await expectPdf(await preview({}), 'afterwards');
  }, 300_000);

  it('a study that vanishes in between is not found, and is shown again when it is back', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const asked = Array.from({ length: 6 }, () => preview({ conclusion: `turn ${turn}` }));
      for (let waits = 0; waits < turn * 3; waits += 1) await new Promise((done) => setImmediate(done));
      const { id } = await station.json<RemovalState>('DELETE', `studies/${studyUid}`);
      const after = await preview({});
      expect(after.status).toBe(404);
      for (const { status } of await Promise.all(asked)) expect([200, 404]).toContain(status);
      await station.send('POST', `removals/${id}/take-back`);
      await expectPdf(await preview({}), 'taken back');
    }
  }, 60_000);
});
