import { expect, it } from 'vitest';
import type { Finding } from '../../../core/finding/finding.ts';
import { gathered } from '../../../core/finding/gathered.ts';
import { message } from '../../../core/language/message.ts';

const found = (code: Finding['code'], about: string, frame: number, ...clips: string[]) => ({
  finding: {
    code,
    severity: 'warning',
    message: message('method.other', { name: about }),
    sources: [{ sopInstanceUid: clips[0] ?? '0', frame }],
  } as Finding,
  clips,
});

it('the same of several clips is one line, and so is one kind of the same clips', () => {
  const lines = gathered([
    found('low-confidence', 'at ED', 1, '1'),
    found('basal-tilt', 'tilted', 2, '1'),
    found('low-confidence', 'at ES', 3, '1'),
    found('basal-tilt', 'tilted', 4, '2'),
    found('low-confidence', 'at ES of another', 5, '2'),
  ]);
  const told = lines.map(({ finding, clips, messages }) => ({
    code: finding.code,
    clips,
    frames: finding.sources.map(({ frame }) => frame),
    says: messages.map(({ values }) => values['name']),
  }));
  expect(told).toEqual([
    { code: 'low-confidence', clips: ['1'], frames: [1, 3], says: ['at ED', 'at ES'] },
    { code: 'basal-tilt', clips: ['1', '2'], frames: [2, 4], says: ['tilted'] },
    { code: 'low-confidence', clips: ['2'], frames: [5], says: ['at ES of another'] },
  ]);
});

it('a warning and a note of one kind are two', () => {
  const warning = found('few-beats', 'few', 1, '1');
  const note = { ...warning, finding: { ...warning.finding, severity: 'information' as const } };
  expect(gathered([warning, note])).toHaveLength(2);
  expect(gathered([])).toEqual([]);
});
