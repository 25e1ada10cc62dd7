import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commandTags,
  commentText,
  encodeCommand,
  readCommand,
  type CommandSet,
} from '../../../main/network/command-set.ts';
import { ProtocolFault } from '../../../main/network/network-failure.ts';

const echo: CommandSet = new Map<(typeof commandTags)[keyof typeof commandTags], string | number>([
  [commandTags.commandDataSetType, 0x0101],
  [commandTags.affectedSopClassUid, '1.2.840.10008.1.1'],
  [commandTags.commandField, 0x0030],
  [commandTags.messageId, 1],
]);

/** C-ECHO-RQ as PS3.7 table 9.3-12 has it, byte for byte. */
const echoBytes = Buffer.from(
  '00000000' +
    '04000000' +
    '38000000' +
    '00000200' +
    '12000000' +
    Buffer.from('1.2.840.10008.1.1\0', 'latin1').toString('hex') +
    '00000001' +
    '02000000' +
    '3000' +
    '00001001' +
    '02000000' +
    '0100' +
    '00000008' +
    '02000000' +
    '0101',
  'hex',
);

describe('a command', () => {
  it('is written as the standard has it, in order, behind its length', () => {
    expect(encodeCommand(echo).toString('hex')).toBe(echoBytes.toString('hex'));
  });

  it('is read as it was written', () => {
    const uid = fc.array(fc.nat(99), { minLength: 2, maxLength: 10 }).map((parts) => `1.${parts.join('.')}`);
    fc.assert(
      fc.property(uid, uid, fc.nat(0xffff), fc.nat(0xffff), (sopClass, instance, id, status) => {
        const command = new Map<(typeof commandTags)[keyof typeof commandTags], string | number>([
          [commandTags.affectedSopClassUid, sopClass],
          [commandTags.messageIdBeingRespondedTo, id],
          [commandTags.status, status],
          [commandTags.affectedSopInstanceUid, instance],
        ]);
        expect(readCommand(encodeCommand(command))).toEqual(command);
      }),
    );
  });

  it('leaves out elements that nothing here uses, such as those of a move', () => {
    const moved = Buffer.concat([echoBytes, Buffer.from('0000301002000000' + '4120', 'hex')]);
    moved.writeUInt32LE(moved.length - 12, 8);
    expect(readCommand(moved)).toEqual(readCommand(echoBytes));
  });

  it('that says anything else is refused, whatever its bytes are', () => {
    const changed = (at: number, value: number): Buffer => {
      const bytes = Buffer.from(echoBytes);
      bytes.writeUInt8(value, at);
      return bytes;
    };
    const wrong: Readonly<Record<string, Buffer>> = {
      'of no bytes': Buffer.alloc(0),
      'cut off': echoBytes.subarray(0, 20),
      'of another group': changed(12, 8),
      'out of order': changed(14, 0),
      'with a length that lies': changed(8, 0x36),
      'with an element beyond its end': changed(16, 0xff),
      'with a UID that is none': changed(21, 0x41),
      'with a number of no bytes': Buffer.concat([
        echoBytes.subarray(0, 38),
        Buffer.from('00000001' + '00000000', 'hex'),
      ]),
    };
    for (const [name, bytes] of Object.entries(wrong)) {
      expect(() => readCommand(bytes), name).toThrow(ProtocolFault);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readCommand(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolFault);
        }
      }),
    );
  });

  it('has comments in ASCII, at most 64 characters long', () => {
    expect(commentText('Müller\\x')).toBe('M?ller?x');
    expect(commentText('a'.repeat(70))).toHaveLength(64);
  });
});
