import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ReceiverSettings } from '../../core/network/receiver-settings.ts';
import { SystolaError } from '../../core/error.ts';
import { answerAssociation, type Answered, type Terms } from './answer-association.ts';
import type { Association } from './association.ts';
import { verificationSopClass } from './echo.ts';
import { AbortedByPeer, ConnectionLost, ProtocolFault, Silence } from './network-failure.ts';
import type { NetworkLimits } from './network-limits.ts';
import { serverTls, unusablePem } from './secure-connection.ts';
import { provideStore, type TakeObject } from './store-provider.ts';

/** Where the server listens, as it was told or as the system chose it. */
export type ListeningPlace = Pick<ReceiverSettings, 'address' | 'aeTitle' | 'tls'> & {
  /** 0 leaves the choice to the system. */
  readonly port: number;
};

/** What takes the objects of one association. */
export interface ObjectTaker {
  readonly take: TakeObject;
  /** The association is over, however it ended. */
  end(): Promise<void>;
}

export interface StoreServerOptions {
  readonly place: ListeningPlace;
  readonly limits: NetworkLimits;
  /** Associations at a time; others are told to come later. */
  readonly mostAssociations: number;
  /** Classes of objects that are taken, and the transfer syntaxes that they may be written in. */
  takesClass(sopClassUid: string): boolean;
  takesSyntax(transferSyntaxUid: string): boolean;
  /** Somebody has an association: who takes what comes on it. */
  open(callingAeTitle: string, from: string): ObjectTaker;
  /** Somebody was turned away or broke off. */
  onTrouble(from: string, words: string): void;
  onDefect(error: unknown): void;
}

/** Connections beyond the associations that are taken, so that who comes too much can be told so. */
const sparePlaces = 8;

/** C-STORE and C-ECHO as who provides them. It listens from `listen` to `close`, and never otherwise. */
export class StoreServer {
  readonly #options: StoreServerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #going = new Set<Promise<void>>();
  readonly #associations = new Set<Association>();
  #server: Server | null = null;
  #active = 0;

  constructor(options: StoreServerOptions) {
    this.#options = options;
  }

  /**
   * Begins to listen; returns where.
   *
   * @throws SystolaError `port-unavailable`, and of files of TLS that cannot be used
   */
  async listen(): Promise<{ readonly address: string; readonly port: number }> {
    const { place, mostAssociations } = this.#options;
    const server = await this.#create();
    server.maxConnections = mostAssociations + sparePlaces;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(unavailable(error, place)));
      server.listen({ host: place.address, port: place.port, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', this.#options.onDefect);
        resolve();
      });
    });
    this.#server = server;
    const { address, port } = server.address() as AddressInfo;
    return { address, port };
  }

  /** Stops listening and ends every association; resolves when what was on its way is dealt with. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const association of this.#associations) association.abort();
    const stopped = new Promise<void>((resolve) => {
      if (server === null) resolve();
      else server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroySoon();
    await Promise.allSettled(this.#going);
    for (const socket of this.#sockets) socket.destroy();
    await stopped;
  }

  async #create(): Promise<Server> {
    const { tls } = this.#options.place;
    const serve = (socket: Socket): void => this.#serve(socket);
    if (tls === null) return createServer(serve);
    const options = await serverTls(tls);
    try {
      const { connectMs } = this.#options.limits;
      const server = createTlsServer({ ...options, handshakeTimeout: connectMs }, serve);
      server.on('connection', (socket: Socket) => this.#keep(socket));
      server.on('tlsClientError', (error, socket) =>
        this.#options.onTrouble(fromOf(socket), `no secure connection could be agreed on (${error.message})`),
      );
      return server;
    } catch (error) {
      throw unusablePem(error, tls.certificateFile);
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }

  #serve(socket: Socket): void {
    this.#keep(socket);
    const from = fromOf(socket);
    const going = this.#talk(socket, from).catch((error: unknown) => {
      if (isPeersFault(error)) this.#options.onTrouble(from, error.message);
      else this.#options.onDefect(error);
    });
    this.#going.add(going);
    void going.finally(() => this.#going.delete(going));
  }

  async #talk(socket: Socket, from: string): Promise<void> {
    const { limits, place, mostAssociations, takesClass, takesSyntax } = this.#options;
    let hasPlace = false;
    const terms: Terms = {
      aeTitle: place.aeTitle,
      takesAbstractSyntax: (uid) => uid === verificationSopClass || takesClass(uid),
      takesTransferSyntax: takesSyntax,
      // Taken with the question: two that come at once do not get the last place both.
      hasRoom: () => {
        if (this.#active >= mostAssociations) return false;
        this.#active += 1;
        return (hasPlace = true);
      },
    };
    try {
      const answered = await answerAssociation(socket, terms, limits);
      if (answered.association === null) this.#options.onTrouble(from, answered.words);
      else await this.#provide(answered, from);
    } finally {
      if (hasPlace) this.#active -= 1;
    }
  }

  async #provide({ association, callingAeTitle }: Answered, from: string): Promise<void> {
    this.#associations.add(association);
    const taker = this.#options.open(callingAeTitle, from);
    try {
      await provideStore(association, callingAeTitle, this.#options.limits, taker.take);
    } catch (error) {
      association.abort(error);
      throw error;
    } finally {
      this.#associations.delete(association);
      await taker.end();
    }
  }
}

const fromOf = (socket: Socket): string => socket.remoteAddress ?? 'an unknown address';

const isPeersFault = (error: unknown): error is Error =>
  error instanceof AbortedByPeer ||
  error instanceof ConnectionLost ||
  error instanceof ProtocolFault ||
  error instanceof Silence;

function unavailable(error: NodeJS.ErrnoException, { address, port }: ListeningPlace): SystolaError {
  const where = `${address}:${port}`;
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: 'Another program listens there already. Choose another port.',
    EACCES: 'Ports below 1024 take rights that Systola does not have. Choose a port above, such as 11112.',
    EADDRNOTAVAIL: 'This computer has no such address. Choose 127.0.0.1, or one of its own.',
    ENOTFOUND: 'There is no such address. Choose 127.0.0.1, or one of this computer.',
  };
  const message =
    words[error.code ?? ''] ?? `Nothing can be received there (${error.code ?? error.message}).`;
  return new SystolaError('port-unavailable', message, where, { cause: error });
}
