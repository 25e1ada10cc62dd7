import { describe, expect, it } from 'vitest';
import { parseAnalyzeOptions } from '../../../main/cli/analyze-options.ts';

const parse = (...argv: string[]) => parseAnalyzeOptions(argv, ['models'], ['coco', 'dicom']);

describe('systola analyze', () => {
  it('takes its options in any order', () => {
    expect(parse('a', '--frames', '3-9', 'b', '--out', 'o', '--view', 'A4C', '--masks')).toEqual({
      paths: ['a', 'b'],
      archive: null,
      out: 'o',
      model: null,
      provider: 'auto',
      threads: null,
      recognise: true,
      view: 'a4c',
      stage: null,
      frames: { from: 3, to: 9 },
      masks: true,
      exports: [],
      correct: null,
      propagate: null,
      modelFolders: ['models'],
    });
    expect(
      parse(
        'a',
        '--out=o',
        '--model',
        'm',
        '--provider=webgpu',
        '--models',
        'x',
        '--stage',
        'peak',
        '--no-recognise',
      ),
    ).toMatchObject({
      recognise: false,
      model: 'm',
      provider: 'webgpu',
      modelFolders: ['x'],
      frames: null,
      view: null,
      stage: 'peak',
      masks: false,
    });
  });

  it('takes formats, several and each once', () => {
    expect(parse('a', '--out', 'o', '--export', 'dicom,coco', '--export', 'dicom').exports).toEqual([
      'dicom',
      'coco',
    ]);
  });

  it('takes a manifest and a shard of it in the place of files', () => {
    expect(parse('--manifest', 'm', '--shard', '2/8', '--out', 'o')).toMatchObject({
      paths: [],
      archive: { manifest: 'm', shard: { number: 2, of: 8 } },
      // More would give other digits where there are more.
      threads: 1,
    });
    expect(parse('a', '--threads', '4', '--out', 'o').threads).toBe(4);
    expect(parse('--manifest', 'm', '--out', 'o').archive?.shard).toEqual({ number: 1, of: 1 });
  });

  it.each([
    [['a', '--out', 'o', '--threads', '0']],
    [['a', '--out', 'o', '--threads', '257']],
    [['a', '--out', 'o', '--threads', '2.5']],
    [['a', '--out', 'o', '--export', 'docx']],
    [['a', '--out', 'o', '--export', '']],
    [['a', '--out', 'o', '--manifest', 'm']],
    [['a', '--out', 'o', '--shard', '1/2']],
    [['--out', 'o', '--manifest', '']],
    [['--out', 'o', '--manifest', 'm', '--shard', '3/2']],
    [['--out', 'o', '--manifest', 'm', '--correct', 'c']],
    [['--out', 'o']],
    [['a']],
    [['a', '--out', '']],
    [['a', '--out']],
    [['a', '--out', 'o', '--view', 'unknown']],
    [['a', '--out', 'o', '--provider', 'gpu']],
    [['a', '--out', 'o', '--frames', '9-3']],
    [['a', '--out', 'o', '--frames', '-3']],
    [['a', '--out', 'o', '--frames', '1-']],
    [['a', '--out', 'o', '--frames', 'all']],
    [['a', '--out', 'o', '--mask']],
    [['a', '--out', 'o', '--masks=yes']],
  ])('refuses %j', (argv) => {
    expect(() => parse(...argv)).toThrow(expect.objectContaining({ code: 'bad-request' }) as Error);
  });
});
