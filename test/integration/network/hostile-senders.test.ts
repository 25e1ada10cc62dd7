import { expect, it } from 'vitest';
import { echo } from '../../../main/network/echo.ts';
import { commandTags, encodeCommand, readCommand } from '../../../main/network/command-set.ts';
import { encodeAbort, pduTypes } from '../../../main/network/pdu.ts';
import { defaultNetworkLimits } from '../../../main/network/network-limits.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { dataSetOf } from '../../fixtures/dicom/data-set.ts';
import { leftovers } from '../import/importer.ts';
import { listening, type Listening } from './listening.ts';
import { sopOf } from './objects.ts';
import { announced, associate, commandUnit, RawPeer, storeRequest, unit } from './raw-peer.ts';

const { signal } = new AbortController();
const dataSet = dataSetOf(buildDicom({ sopInstanceUid: sopOf(1) }));
const invalid = 6;

/** What a sender is told, unit by unit, and that the receiver takes others as before. */
async function afterwards({
  port,
  path,
  defects,
  library,
}: Awaited<ReturnType<typeof listening>>): Promise<void> {
  const node = { host: '127.0.0.1', port, calledAeTitle: 'SYSTOLA', callingAeTitle: 'DECENT', tls: null };
  expect((await echo(node, defaultNetworkLimits, signal)).ms).toBeGreaterThan(0);
  await expect.poll(() => leftovers(path).incoming).toEqual([]);
  expect(leftovers(path).files).toEqual([]);
  expect(library.summaries()).toEqual([]);
  expect(defects).toEqual([]);
}

const command = (bytes: Uint8Array): Buffer => unit(bytes, true);
const uid = sopOf(1);

/** Whatever is sent at once, and with what reason the sender is told to go. */
const attacks: Readonly<Record<string, readonly [sent: readonly Uint8Array[], reason: number]>> = {
  'bytes that mean nothing': [[Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')], 1],
  'zeros without end': [[Buffer.alloc(100_000)], 1],
  'an association of 4 GB': [[announced(1, 0xffff_ffff)], invalid],
  'a data unit before any association': [[announced(4, 10), Buffer.alloc(10)], 2],
  'an association cut in the middle of its items': [[announced(1, 70), Buffer.alloc(70)], invalid],
  'a release with a body': [[announced(5, 70), Buffer.alloc(70)], invalid],
  'a second association': [[associate(), associate()], 2],
  'a data unit larger than was agreed on': [[associate(), announced(4, 200_000)], invalid],
  'a value longer than its unit': [[associate(), announced(4, 6), Buffer.of(0, 0, 1, 0, 1, 3)], invalid],
  'an empty data unit': [[associate(), announced(4, 0)], invalid],
  'values without bytes that end nothing': [[associate(), unit(Buffer.alloc(0), true, false)], invalid],
  'a context that was not agreed on': [
    [associate(), unit(encodeCommand(storeRequest(uid)), true, true, 9)],
    invalid,
  ],
  'a data set without a command': [[associate(), unit(dataSet, false)], 5],
  'a command that is none': [[associate(), command(Buffer.alloc(40, 0xff))], invalid],
  'a command whose length lies': [
    [associate(), command(Buffer.concat([encodeCommand(storeRequest(uid)), Buffer.alloc(8)]))],
    invalid,
  ],
  'a command without end': [
    [associate(), ...Array.from({ length: 40 }, () => unit(Buffer.alloc(1000, 1), true, false))],
    invalid,
  ],
  'a command in the middle of a data set': [
    [
      associate(),
      commandUnit(storeRequest(uid)),
      unit(dataSet.subarray(0, 500), false, false),
      commandUnit(storeRequest(uid)),
    ],
    5,
  ],
  'a release in the middle of a data set': [
    [
      associate(),
      commandUnit(storeRequest(uid)),
      unit(dataSet.subarray(0, 500), false, false),
      announced(5, 4),
      Buffer.alloc(4),
    ],
    2,
  ],
  'an answer to nothing': [
    [associate(), commandUnit(storeRequest(uid, [[commandTags.commandField, 0x8001]]))],
    0,
  ],
};

for (const [name, [sent, reason]] of Object.entries(attacks)) {
  it(`${name}: told so and left, and others are served`, async () => {
    const here = await listening();
    const peer = await RawPeer.to(here.port);
    peer.write(...sent);
    const said = await peer.rest();
    peer.socket.end();
    expect(said.at(-1)?.type).toBe(pduTypes.abort);
    expect([...(said.at(-1)?.body ?? [])]).toEqual([0, 0, 2, reason]);
    await afterwards(here);
  });
}

/** Who falls silent, and how. */
const lorises: Readonly<Record<string, (peer: RawPeer) => void>> = {
  'nothing at all': () => undefined,
  'an association byte by byte': (peer) => {
    const bytes = associate();
    let at = 0;
    const timer = setInterval(() => peer.write(bytes.subarray(at, (at += 1))), 20);
    peer.socket.once('close', () => clearInterval(timer));
  },
  'an object that stops': (peer) =>
    peer.write(associate(), commandUnit(storeRequest(uid)), unit(dataSet.subarray(0, 500), false, false)),
  'an association and no message': (peer) => peer.write(associate()),
};

for (const [name, act] of Object.entries(lorises)) {
  it(`${name}: left after its time`, async () => {
    const limits: NonNullable<Listening['limits']> = { associateMs: 300, unitMs: 300, idleMs: 300 };
    const here = await listening({ limits });
    const peer = await RawPeer.to(here.port);
    act(peer);
    const said = await peer.rest();
    peer.socket.end();
    expect(said.at(-1)?.type).toBe(pduTypes.abort);
    await expect.poll(() => here.receiver.state.lastTrouble?.words).toContain('nothing came for');
    await afterwards(here);
  });
}

const endings: Readonly<Record<string, (peer: RawPeer) => void>> = {
  'broken off': (peer) => peer.write(encodeAbort(0, 0)),
  'half closed': (peer) => peer.socket.end(),
  reset: (peer) => peer.socket.resetAndDestroy(),
};

for (const [name, act] of Object.entries(endings)) {
  it(`in the middle of an object ${name}: nothing of it stays`, async () => {
    const here = await listening();
    const peer = await RawPeer.to(here.port);
    peer.write(associate());
    await peer.next();
    const large = dataSetOf(buildDicom({ sopInstanceUid: uid, frames: 30, rows: 64, columns: 64 }));
    peer.write(commandUnit(storeRequest(uid)), unit(large.subarray(0, 100_000), false, false));
    // Something of it is on disk before it ends.
    await expect.poll(() => leftovers(here.path).incoming).toHaveLength(1);
    act(peer);
    await peer.rest();
    await expect.poll(() => here.refused.length).toBe(1);
    await afterwards(here);
  });
}

it('a command that names another object than its data set is refused, and nothing is stored', async () => {
  const here = await listening();
  const peer = await RawPeer.to(here.port);
  peer.write(associate());
  await peer.next();
  peer.write(commandUnit(storeRequest(sopOf(2))), unit(dataSet, false));
  const answer = await peer.next();
  expect(readCommand(answer!.body.subarray(6)).get(commandTags.status)).toBe(0xa900);
  peer.socket.destroy();
  await afterwards(here);
});

it('an object beyond the limit is read out, refused for its size, and the association goes on', async () => {
  const here = await listening({ importLimits: { fileBytes: 20_000 } });
  const peer = await RawPeer.to(here.port);
  peer.write(associate());
  await peer.next();
  const large = dataSetOf(buildDicom({ sopInstanceUid: uid, frames: 30, rows: 64, columns: 64 }));
  peer.write(commandUnit(storeRequest(uid)), unit(large.subarray(0, 100_000), false, false));
  peer.write(unit(large.subarray(100_000), false));
  const answer = await peer.next();
  expect(readCommand(answer!.body.subarray(6)).get(commandTags.status)).toBe(0xa700);
  expect(here.refused.map(({ code }) => code)).toEqual(['too-large']);
  peer.write(commandUnit(storeRequest(sopOf(1), [[commandTags.messageId, 8]])), unit(dataSet, false));
  expect(readCommand((await peer.next())!.body.subarray(6)).get(commandTags.status)).toBe(0);
  expect(here.stored().size).toBe(1);
});

it('a sender of far more than is taken is left', async () => {
  const here = await listening({ limits: { objectBytes: 100_000 }, importLimits: { fileBytes: 100_000 } });
  const peer = await RawPeer.to(here.port);
  peer.write(associate());
  await peer.next();
  peer.write(commandUnit(storeRequest(uid)), unit(dataSet, false, false));
  for (let sent = 0; sent < 10; sent += 1) peer.write(unit(Buffer.alloc(50_000), false, false));
  const said = await peer.rest();
  peer.socket.end();
  expect(said.at(-1)?.type).toBe(pduTypes.abort);
  await afterwards(here);
});

it('one association too many is told to come later', async () => {
  const here = await listening();
  const peers: RawPeer[] = [];
  for (let count = 0; count < 8; count += 1) {
    const peer = await RawPeer.to(here.port);
    peer.write(associate());
    expect((await peer.next())?.type).toBe(pduTypes.associateAccept);
    peers.push(peer);
  }
  const late = await RawPeer.to(here.port);
  late.write(associate());
  const answer = await late.next();
  expect([answer?.type, ...(answer?.body ?? [])]).toEqual([pduTypes.associateReject, 0, 2, 3, 2]);
  peers[0]!.write(announced(5, 4), Buffer.alloc(4));
  expect((await peers[0]!.next())?.type).toBe(pduTypes.releaseReply);
  await expect
    .poll(async () => {
      const again = await RawPeer.to(here.port);
      again.write(associate());
      return (await again.next())?.type;
    })
    .toBe(pduTypes.associateAccept);
});
