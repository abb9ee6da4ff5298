/*
 * How the addresses of the real providers lead to the sandbox. `https://slack.com/api/auth.test?x=1` of the provider
 * slack is served at `<sandbox>/at/slack/https/slack.com/api/auth.test?x=1`.
 */

/** Changes an address of a provider into the one that plays it. */
export type Reroute = (slug: string, url: string) => string;

/** Where simulators listen that do not speak HTTP. */
export interface PortTable {
  /**
   * Serves an original address, such as `smtp://smtp.example.com:587`, by a local port. `smtp://*:587` stands for any
   * host, and `smtp://*` for any host and port.
   */
  register(original: string, address: { host: string; port: number }): void;
  find(url: URL): { host: string; port: number } | null;
}

/** Nothing listens here, so what no simulator plays is refused and never leaves the machine. */
const nowhere = { host: '127.0.0.1', port: 9 };

/** An empty table. */
export function createPortTable(): PortTable {
  const ports = new Map<string, { host: string; port: number }>();
  return {
    register: (original, address) => void ports.set(original.toLowerCase().replace(/\/$/, ''), address),
    find({ protocol, hostname, port }) {
      const keys = [`${protocol}//${hostname}:${port}`, `${protocol}//*:${port}`, `${protocol}//*`];
      return keys.map((key) => ports.get(key.toLowerCase())).find((found) => found !== undefined) ?? null;
    },
  };
}

/**
 * The function that leads every address to the sandbox at this URL: `http` and `https` to its own server, other
 * schemes (`smtp`, `smtps`, `sftp`) to the port that is registered for them, or to one where nothing listens.
 * An address that is rerouted already stays as it is.
 */
export function rerouteTo(sandboxUrl: string, ports: PortTable = createPortTable()): Reroute {
  const origin = new URL(sandboxUrl).origin;
  return (slug, url) => {
    const target = new URL(url);
    if (target.origin === origin) return url;
    if (target.protocol === 'http:' || target.protocol === 'https:') {
      const scheme = target.protocol.slice(0, -1);
      return `${origin}/at/${slug}/${scheme}/${target.host}${target.pathname}${target.search}`;
    }
    const { host, port } = ports.find(target) ?? nowhere;
    return `${target.protocol}//${host}:${port}`;
  };
}

/** What a rerouted address stood for. */
export interface OriginalAddress {
  slug: string;
  scheme: string;
  host: string;
  /** Still percent-encoded, as it came. */
  path: string;
  query: URLSearchParams;
  rawQuery: string;
}

const rerouted = /^\/at\/([a-z0-9-]+)\/(https?)\/([^/?#]+)([^?#]*)(?:\?([^#]*))?$/;

/** Reads the request target of a rerouted call; null when it is none. */
export function readRerouted(target: string): OriginalAddress | null {
  const match = rerouted.exec(target);
  if (!match) return null;
  const [, slug, scheme, host, path, query] = match;
  return {
    slug: slug!,
    scheme: scheme!,
    host: host!.toLowerCase(),
    path: path === '' ? '/' : path!,
    query: new URLSearchParams(query ?? ''),
    rawQuery: query ?? '',
  };
}
