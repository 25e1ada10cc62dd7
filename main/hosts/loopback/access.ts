import { randomBytes, timingSafeEqual } from 'node:crypto';

/** How many addresses may be out at a time; the oldest stops working when there is one more. */
const mostKeys = 16;

/** Sessions that are kept: every browser that was let in has one. */
const mostSessions = 64;

/**
 * Who may talk to the loopback host: only a browser that was given an address of this launch, each of which works
 * once, and only by the names of this host, never a page of another origin.
 *
 * A key opens the door once and is then worthless; what the browser keeps is a session, another value. Cookies do not
 * keep ports apart (RFC 6265, 8.5), so the session belongs to a host name of its own, `<name>.localhost`, which no
 * other port of this machine is visited by.
 */
export class Access {
  /** `<name>.localhost:<port>`: where the window lives when the browser resolves it (RFC 6761, 6.3). */
  readonly ownHost: string;
  /** `127.0.0.1:<port>`: where it lives otherwise. */
  readonly numericHost: string;
  readonly #hosts: ReadonlySet<string>;
  readonly #cookieName: string;
  /** Keys that have not been used, and until when they are good, ms of `performance.now`. */
  readonly #keys = new Map<string, number>();
  readonly #sessions = new Set<string>();

  constructor(port: number, name: string) {
    this.ownHost = `${name}.localhost:${port}`;
    this.numericHost = `127.0.0.1:${port}`;
    // Any other name that resolves to this address is a page trying DNS rebinding.
    this.#hosts = new Set([this.ownHost, this.numericHost, `localhost:${port}`]);
    this.#cookieName = `systola-${port}`;
  }

  /** True when the request names this host as its own. */
  isForThisHost(request: Request): boolean {
    return this.#hosts.has(request.headers.get('host') ?? '');
  }

  /** True when the request was meant for this host and does not come from a page of another one. */
  isOwn(request: Request): boolean {
    if (!this.isForThisHost(request)) return false;
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== `http://${request.headers.get('host')}`) return false;
    const site = request.headers.get('sec-fetch-site');
    if (site === null || site === 'same-origin' || site === 'none') return true;
    // A link from elsewhere may open the page; only the page may use what is behind it.
    return (
      request.method === 'GET' &&
      request.headers.get('sec-fetch-mode') === 'navigate' &&
      new URL(request.url).pathname === '/'
    );
  }

  /**
   * A key that lets one browser in, once.
   * @param lifetimeMs how long it is good for; without end unless given
   */
  newKey(lifetimeMs = Infinity): string {
    const key = secret();
    this.#keys.set(key, performance.now() + lifetimeMs);
    forgetOldest(this.#keys, mostKeys);
    return key;
  }

  /** True when the address carries a key that nobody has used, which is used up by asking. */
  takeKey(url: URL): boolean {
    const given = url.searchParams.get('token');
    if (given === null) return false;
    for (const [key, untilMs] of this.#keys) {
      if (!isSame(given, key)) continue;
      this.#keys.delete(key);
      return performance.now() < untilMs;
    }
    return false;
  }

  /** Set-Cookie that lets a browser in until it is closed; out of reach of scripts and of other sites. */
  newSession(): string {
    const session = secret();
    this.#sessions.add(session);
    forgetOldest(this.#sessions, mostSessions);
    return `${this.#cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`;
  }

  /** True when the browser has been let in before. */
  hasSession(request: Request): boolean {
    const cookies = request.headers.get('cookie') ?? '';
    return cookies.split(';').some((cookie) => {
      const [name, ...value] = cookie.trim().split('=');
      if (name !== this.#cookieName) return false;
      return [...this.#sessions].some((session) => isSame(value.join('='), session));
    });
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function isSame(given: string, wanted: string): boolean {
  const offered = Buffer.from(given);
  const expected = Buffer.from(wanted);
  return offered.length === expected.length && timingSafeEqual(offered, expected);
}

function forgetOldest(kept: Map<string, number> | Set<string>, most: number): void {
  const [oldest] = kept.keys();
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
}
