import { randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Who may talk to the loopback host: only a browser that was given this launch's token, only by the address it
 * was given, never a page of another site.
 */
export class Access {
  readonly token: string = randomBytes(32).toString('base64url');
  readonly #hosts: ReadonlySet<string>;
  readonly #cookieName: string;

  constructor(port: number) {
    // Any other name that resolves to this address is a page trying DNS rebinding.
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
    // Cookies do not keep ports apart; two launches must not take each other's.
    this.#cookieName = `systola-${port}`;
  }

  /** True when the request was meant for this host and does not come from a page of another one. */
  isOwn(request: Request): boolean {
    const host = request.headers.get('host');
    if (host === null || !this.#hosts.has(host)) return false;
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== `http://${host}`) return false;
    const site = request.headers.get('sec-fetch-site');
    if (site === null || site === 'same-origin' || site === 'none') return true;
    // A link from elsewhere may open the page; only the page may use the interface behind it.
    return request.method === 'GET' && request.headers.get('sec-fetch-mode') === 'navigate';
  }

  /** True when the address carries this launch's token. */
  hasToken(url: URL): boolean {
    return this.#matches(url.searchParams.get('token'));
  }

  /** True when the browser has been let in before. */
  hasCookie(request: Request): boolean {
    const cookies = request.headers.get('cookie') ?? '';
    return cookies.split(';').some((cookie) => {
      const [name, ...value] = cookie.trim().split('=');
      return name === this.#cookieName && this.#matches(value.join('='));
    });
  }

  /** Set-Cookie that lets a browser in until it is closed; out of reach of scripts and of other sites. */
  get cookie(): string {
    return `${this.#cookieName}=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
  }

  #matches(given: string | null): boolean {
    if (given === null) return false;
    const wanted = Buffer.from(this.token);
    const offered = Buffer.from(given);
    return wanted.length === offered.length && timingSafeEqual(wanted, offered);
  }
}
