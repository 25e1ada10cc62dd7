import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAeTitle } from '../../../core/network/ae-title.ts';
import {
  contextResults,
  encodeAssociateAccept,
  encodeAssociateRequest,
  readAssociateAccept,
  readAssociateRequest,
} from '../../../main/network/associate.ts';
import { ProtocolFault } from '../../../main/network/network-failure.ts';
import { pduHeaderBytes, pduTypes, readDataValues, readPduHeader } from '../../../main/network/pdu.ts';

const request = {
  calledAeTitle: 'ARCHIVE',
  callingAeTitle: 'SYSTOLA',
  contexts: [
    { id: 1, abstractSyntax: '1.2.840.10008.5.1.4.1.1.3.1', transferSyntaxes: ['1.2.840.10008.1.2.4.50'] },
    {
      id: 3,
      abstractSyntax: '1.2.840.10008.1.1',
      transferSyntaxes: ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1'],
    },
  ],
};
const bodyOf = (unit: Buffer): Buffer => unit.subarray(pduHeaderBytes);
const asRequest = (body: Buffer) => ({ type: pduTypes.associateRequest, body });
const asAccept = (body: Buffer) => ({ type: pduTypes.associateAccept, body });

describe('an association', () => {
  it('is asked for and read as it was asked', () => {
    const unit = encodeAssociateRequest(request);
    expect(readPduHeader(unit)).toEqual({ type: 1, length: unit.length - pduHeaderBytes });
    expect(readAssociateRequest(asRequest(bodyOf(unit)))).toMatchObject({
      ...request,
      knowsVersion1: true,
      applicationContext: '1.2.840.10008.3.1.1.1',
      mostDataBytes: 131_072,
    });
  });

  it('is answered with the titles as they came, and what was agreed on', () => {
    const asked = readAssociateRequest(asRequest(bodyOf(encodeAssociateRequest(request))));
    const contexts = [
      { id: 1, result: contextResults.accepted, transferSyntax: '1.2.840.10008.1.2.4.50' },
      { id: 3, result: contextResults.abstractSyntaxUnknown, transferSyntax: '' },
    ];
    const answer = encodeAssociateAccept(asked, contexts);
    expect(answer.subarray(10, 42).toString('latin1')).toBe('ARCHIVE         SYSTOLA         ');
    expect(readAssociateAccept(asAccept(bodyOf(answer)))).toEqual({ contexts, mostDataBytes: 131_072 });
  });

  it('of bytes that were changed is read or refused, and nothing else', () => {
    const body = bodyOf(encodeAssociateRequest(request));
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.nat(255), fc.nat(body.length), (at, value, end) => {
        const changed = Buffer.from(body);
        changed.writeUInt8(value, at);
        for (const read of [
          () => readAssociateRequest(asRequest(changed.subarray(0, end))),
          () => readAssociateAccept(asAccept(changed.subarray(0, end))),
        ]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolFault);
          }
        }
      }),
    );
  });

  it('with two contexts of one number, or an even one, is refused', () => {
    const numbered = (...ids: readonly number[]) =>
      bodyOf(
        encodeAssociateRequest({
          ...request,
          contexts: ids.map((id) => ({ ...request.contexts[0]!, id })),
        }),
      );
    expect(() => readAssociateRequest(asRequest(numbered(1, 1)))).toThrow('same number');
    expect(() => readAssociateRequest(asRequest(numbered(2)))).toThrow('even');
  });
});

it('values of a data unit fill it, or it is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      try {
        const values = readDataValues({ type: pduTypes.data, body: Buffer.from(bytes) });
        const filled = values.reduce((sum, value) => sum + value.bytes.length + 6, 0);
        expect(filled).toBe(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolFault);
      }
    }),
  );
});

it('an AE title has 1 to 16 printable characters, and none of them is a backslash', () => {
  expect(['A', 'STORE SCP', 'X'.repeat(16)].map(isAeTitle)).toEqual([true, true, true]);
  expect(['', ' ', 'A\\B', 'Ä', 'A\n', 'X'.repeat(17)].map(isAeTitle)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});
