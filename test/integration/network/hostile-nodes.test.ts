import { expect, it } from 'vitest';
import { echo } from '../../../main/network/echo.ts';
import {
  type AnsweredContext,
  encodeAssociateAccept,
  readAssociateRequest,
} from '../../../main/network/associate.ts';
import { commandTags } from '../../../main/network/command-set.ts';
import { defaultNetworkLimits, type NetworkLimits } from '../../../main/network/network-limits.ts';
import { encodeAbort, encodePdu, encodeRelease, pduTypes } from '../../../main/network/pdu.ts';
import { store, type SendableObject, type SendOutcome } from '../../../main/network/store.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { objectFacts } from '../../../main/dicom/object-facts.ts';
import { SystolaError } from '../../../core/error.ts';
import { dataSetOf } from '../../fixtures/dicom/data-set.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { sopOf } from './objects.ts';
import { announced, commandUnit, explicitLittleEndian, rawNode, type RawPeer } from './raw-peer.ts';
import { nodeAt, outcomesOf } from './sent.ts';

const { signal } = new AbortController();
const limits: NetworkLimits = {
  ...defaultNetworkLimits,
  connectMs: 2000,
  associateMs: 400,
  unitMs: 400,
  answerMs: 400,
};

function loop(number: number, frames = 3): SendableObject {
  const name = `${sopOf(number)}.dcm`;
  const bytes = buildDicom({ sopInstanceUid: sopOf(number), frames, rows: 64, columns: 64 });
  async function* dataSet() {
    yield dataSetOf(bytes);
    return Promise.resolve();
  }
  return { name, ...objectFacts(new MemorySource(bytes), name), dataSet };
}

const send = (port: number, ...objects: readonly SendableObject[]): Promise<SendOutcome[]> =>
  outcomesOf(nodeAt(port), objects, limits);

/** Accepts the association as asked for, or as `change` has it. */
async function accept(peer: RawPeer, change: Partial<AnsweredContext> = {}): Promise<void> {
  const asked = await peer.next();
  if (asked === null) return;
  const request = readAssociateRequest({ type: pduTypes.associateRequest, body: asked.body });
  const contexts = request.contexts.map(({ id, transferSyntaxes }) => ({
    id,
    result: 0,
    transferSyntax: transferSyntaxes[0]!,
    ...change,
  }));
  peer.write(encodeAssociateAccept(request, contexts));
}

/** Reads units until a data set has ended. */
async function objectRead(peer: RawPeer): Promise<void> {
  for (let found = await peer.next(); found !== null; found = await peer.next()) {
    if (found.type === pduTypes.data && found.body.readUInt8(5) === 2) return;
  }
}

const storeAnswer = (status: number, messageId = 1, field = 0x8001): Buffer =>
  commandUnit(
    new Map<(typeof commandTags)[keyof typeof commandTags], string | number>([
      [commandTags.commandField, field],
      [commandTags.messageIdBeingRespondedTo, messageId],
      [commandTags.commandDataSetType, 0x0101],
      [commandTags.status, status],
      [commandTags.errorComment, 'the disk of the archive is full'],
    ]),
  );

const rejected = (result: number, source: number, reason: number): Buffer =>
  encodePdu(pduTypes.associateReject, Uint8Array.of(0, result, source, reason));

/** What a node does instead of agreeing, and what the reader is told. */
const refusals: Readonly<
  Record<string, readonly [act: (peer: RawPeer) => Promise<void>, code: string, words: RegExp]>
> = {
  'does not know who calls': [
    async (peer) => peer.write(rejected(1, 1, 3)),
    'node-rejected',
    /calling AE title/,
  ],
  'is called otherwise': [
    async (peer) => peer.write(rejected(1, 1, 7)),
    'node-rejected',
    /not called by this/,
  ],
  'has too much to do': [
    async (peer) => peer.write(rejected(2, 3, 1)),
    'node-rejected',
    /It may take one later/,
  ],
  'answers with a page': [
    async (peer) => peer.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
    'node-broke-off',
    /does not keep to DICOM/,
  ],
  'announces 4 GB': [async (peer) => peer.write(announced(2, 0xffff_ffff)), 'node-broke-off', /announces/],
  'says nothing': [async () => undefined, 'node-broke-off', /does not answer any more/],
  'trickles its answer': [
    async (peer) => {
      const timer = setInterval(() => peer.write(Buffer.of(2)), 50);
      peer.socket.once('close', () => clearInterval(timer));
    },
    'node-broke-off',
    /./,
  ],
  'closes at once': [async (peer) => void peer.socket.end(), 'node-broke-off', /connection broke off/],
  'breaks off': [async (peer) => peer.write(encodeAbort(2, 1)), 'node-broke-off', /did not understand/],
  'agrees to what was not asked': [
    (peer) => accept(peer, { transferSyntax: '1.2.840.10008.1.2.4.50' }),
    'node-broke-off',
    /not proposed/,
  ],
  'agrees to a context that there is not': [
    (peer) => accept(peer, { id: 77 }),
    'node-broke-off',
    /not proposed/,
  ],
};

for (const [name, [act, code, words]] of Object.entries(refusals)) {
  it(`a node that ${name} is told of`, async () => {
    const port = await rawNode(act);
    await expect(echo(nodeAt(port), limits, signal)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words) as string,
      file: `ARCHIVE at 127.0.0.1:${port}`,
    });
    const outcomes = await send(port, loop(1), loop(2));
    expect(outcomes.map(({ state, error }) => [state, error?.code])).toEqual([
      ['not-sent', code],
      ['not-sent', code],
    ]);
  });
}

it('breaks off in the middle of an object: that one failed, the rest is not sent, nothing is sent twice', async () => {
  let connections = 0;
  const port = await rawNode(async (peer) => {
    connections += 1;
    await accept(peer);
    await peer.next();
    await peer.next();
    peer.write(encodeAbort(2, 6));
  });
  const outcomes = await send(port, loop(1, 4000), loop(2));
  expect(outcomes.map(({ state }) => state)).toEqual(['failed', 'not-sent']);
  expect(outcomes[0]?.error?.message).toContain('broke off the association');
  expect(connections).toBe(1);
});

it('takes an object and gives no answer: nobody knows, and that is said', async () => {
  const port = await rawNode(async (peer) => {
    await accept(peer);
    await objectRead(peer);
  });
  expect((await send(port, loop(1), loop(2))).map(({ state }) => state)).toEqual(['unknown', 'not-sent']);
  const closing = await rawNode(async (peer) => {
    await accept(peer);
    await objectRead(peer);
    peer.socket.end();
  });
  expect((await send(closing, loop(1), loop(2))).map(({ state }) => state)).toEqual(['unknown', 'not-sent']);
});

it('stops reading: it is left after its time', async () => {
  const port = await rawNode(async (peer) => {
    await accept(peer);
    peer.socket.pause();
  });
  const [outcome] = await send(port, loop(1, 4000));
  expect(outcome).toMatchObject({ state: 'failed', error: { code: 'node-broke-off' } });
});

it('refuses before the end of an object: its answer is read, with what it says', async () => {
  const port = await rawNode(async (peer) => {
    await accept(peer);
    await peer.next();
    peer.write(storeAnswer(0xa702));
    await objectRead(peer);
    await objectRead(peer);
    peer.write(storeAnswer(0xb007, 2));
    await peer.next();
    peer.write(encodeRelease(pduTypes.releaseReply));
  });
  const outcomes = await send(port, loop(1), loop(2));
  expect(outcomes.map(({ state, status }) => [state, status])).toEqual([
    ['refused', 0xa702],
    ['warning', 0xb007],
  ]);
  expect(outcomes[0]?.error?.message).toBe(
    'The node did not store the object: it is out of room or of memory (0xA702). It says: the disk of the archive is full.',
  );
});

it('answers something else than it was asked: it is left', async () => {
  for (const answer of [storeAnswer(0, 5), storeAnswer(0, 1, 0x8030)]) {
    const port = await rawNode(async (peer) => {
      await accept(peer);
      await objectRead(peer);
      peer.write(answer);
    });
    const outcomes = await send(port, loop(1), loop(2));
    expect(outcomes.map(({ state }) => state)).toEqual(['unknown', 'not-sent']);
  }
});

it('agrees to nothing: every object is refused by name', async () => {
  const port = await rawNode(async (peer) => {
    await accept(peer, { result: 4, transferSyntax: explicitLittleEndian });
    await peer.next();
    peer.write(encodeRelease(pduTypes.releaseReply));
  });
  const outcomes = await send(port, loop(1));
  expect(outcomes.map(({ state, error }) => [state, error?.file])).toEqual([['refused', `${sopOf(1)}.dcm`]]);
});

it('a file that cannot be read to its end is not sent in part, and others are sent on another association', async () => {
  let whole = 0;
  const port = await rawNode(async (peer) => {
    await accept(peer);
    for (;;) {
      const found = await peer.next();
      if (found === null) return;
      if (found.type === pduTypes.releaseRequest) peer.write(encodeRelease(pduTypes.releaseReply));
      if (found.type !== pduTypes.data || found.body.readUInt8(5) !== 2) continue;
      whole += 1;
      peer.write(storeAnswer(0, 2));
    }
  });
  const broken = {
    ...loop(1),
    async *dataSet() {
      yield Buffer.alloc(300_000);
      await Promise.resolve();
      throw new SystolaError('unreadable', 'The disk went away.', 'broken.dcm');
    },
  };
  const outcomes = await send(port, broken, loop(2));
  expect(outcomes.map(({ state, error }) => [state, error?.code])).toEqual([
    ['failed', 'unreadable'],
    ['stored', undefined],
  ]);
  expect(whole).toBe(1);
});

it('stops between two objects where it is told to, with the answer to the first', async () => {
  const port = await rawNode(async (peer) => {
    await accept(peer);
    await objectRead(peer);
    peer.write(storeAnswer(0));
    await peer.next();
    peer.write(encodeRelease(pduTypes.releaseReply));
  });
  let stopped = false;
  const states: string[] = [];
  const options = { limits, signal, shouldStop: () => stopped, onProgress: () => (stopped = true) };
  for await (const { state, error } of store(nodeAt(port), [loop(1), loop(2)], options)) {
    states.push(`${state} ${error?.code}`);
  }
  expect(states).toEqual(['stored undefined', 'not-sent cancelled']);
});
