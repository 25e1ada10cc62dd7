import { isAeTitle } from '../../core/network/ae-title.ts';
import { defaultAeTitle, type DicomNode } from '../../core/network/dicom-node.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { SystolaError } from '../../core/error.ts';
import type { NodeAddress } from '../network/connect.ts';
import { wrongUsage } from './command-line.ts';

/** Options by which a command is told a node: one of the settings, or all of it. */
export const nodeOptionTypes = {
  node: { type: 'string' },
  to: { type: 'string' },
  called: { type: 'string' },
  calling: { type: 'string' },
  tls: { type: 'boolean' },
  'tls-authorities': { type: 'string' },
  'tls-certificate': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-name': { type: 'string' },
} as const;

export const nodeUsage = `  --to <host:port>     where the node is; an IPv6 address in brackets
  --called <AE>        what the node is called
  --calling <AE>       what Systola calls itself (default: ${defaultAeTitle})
  --tls                secure the connection; its certificate has to be of an authority that is trusted
  --tls-authorities <file>                    authorities that are trusted instead (PEM)
  --tls-certificate <file> --tls-key <file>   what Systola shows of itself (PEM)
  --tls-name <name>    name in the node's certificate, where it is not the host's
  --node <name>        instead of all these: a node of the workstation's settings`;

type NodeValues = { readonly [Name in keyof typeof nodeOptionTypes]?: string | boolean };

/** A node as it was told: by its name in the settings, or by its address. */
export type ToldNode = { readonly name: string } | { readonly address: NodeAddress };

/** @throws SystolaError `bad-request` saying what is wrong with the command line */
export function toldNode(values: NodeValues): ToldNode {
  const text = (name: keyof typeof nodeOptionTypes): string | null => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const name = text('node');
  if (name !== null) {
    if (text('to') !== null || text('called') !== null)
      throw wrongUsage('Say either --node or --to and --called.');
    return { name };
  }
  const to = text('to');
  if (to === null) throw wrongUsage('Say where to with --to <host:port>, or --node <name>.');
  const place = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(to);
  const port = Number(place?.[3]);
  if (place === null || port < 1 || port > 65_535) {
    throw wrongUsage(`--to is <host:port>, as in archive.local:104, not "${to}".`);
  }
  const certificateFile = text('tls-certificate');
  const keyFile = text('tls-key');
  if ((certificateFile === null) !== (keyFile === null)) {
    throw wrongUsage('--tls-certificate and --tls-key go together.');
  }
  const files = {
    authoritiesFile: text('tls-authorities'),
    certificateFile,
    keyFile,
    serverName: text('tls-name'),
  };
  const isSecured = values.tls === true;
  if (!isSecured && Object.values(files).some((value) => value !== null)) {
    throw wrongUsage('The options of TLS are for --tls.');
  }
  return {
    address: {
      host: place[1] ?? place[2]!,
      port,
      calledAeTitle: aeTitle('--called', text('called')),
      callingAeTitle: aeTitle('--calling', text('calling') ?? defaultAeTitle),
      tls: isSecured ? files : null,
    },
  };
}

/** @throws SystolaError `not-found` where the settings have no such node */
export function nodeAddress(told: ToldNode, settings: () => Settings): NodeAddress {
  if ('address' in told) return told.address;
  const nodes: readonly DicomNode[] = settings().nodes;
  const node = nodes.find(({ name }) => name === told.name);
  if (node === undefined) {
    const there =
      nodes.length === 0 ? 'There is none.' : `There are: ${nodes.map(({ name }) => name).join(', ')}.`;
    throw new SystolaError('not-found', `There is no such node in the settings. ${there}`, told.name);
  }
  const { name: _, ...address } = node;
  return address;
}

/** @throws SystolaError `bad-request` */
export function aeTitle(option: string, title: string | null): string {
  if (title === null) throw wrongUsage(`Say what it is called with ${option} <AE>.`);
  if (isAeTitle(title)) return title;
  throw wrongUsage(
    `${option} is an AE title: 1 to 16 printable characters without a backslash, not "${title}".`,
  );
}
