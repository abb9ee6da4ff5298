import { randomBytes } from 'node:crypto';
import { openHttpFront } from '@trunkline/sandbox/http-front';
import { definitionOf } from '@trunkline/sandbox/oauth/definition';
import { createOAuthSimulator } from '@trunkline/sandbox/oauth/simulator';
import type { OAuthSimulator } from '@trunkline/sandbox/oauth/simulator';
import { rerouteTo } from '@trunkline/sandbox/reroute';
import { allProviders } from '../providers/all-providers.ts';
import type { App } from '../ctx.ts';

/** What a provider was sent, for tests that look for what must not be there, or must. */
export interface ProviderCall {
  slug: string;
  method: string;
  /** The provider's own address. */
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The sandbox's authorization servers on a port of loopback. */
export interface SandboxOAuth {
  oauth: OAuthSimulator;
  url: string;
  reroute: App['reroute'];
  /** Every call so far, oldest first. */
  calls: ProviderCall[];
  /** The next call is not answered; what it asked for is never done. */
  ignoreNext(): void;
  /** Runs before the next call is answered. */
  duringNext(work: () => Promise<unknown>): void;
  /** Sends a browser to an address of a provider; gives where it is sent back to. */
  visit(url: string): Promise<string>;
  close(): Promise<void>;
}

/** All providers that connect by OAuth, each agreeing to everything without asking until told otherwise. */
export async function startSandboxOAuth(clock: () => number = Date.now): Promise<SandboxOAuth> {
  const definitions = allProviders.flatMap((provider) => definitionOf(provider) ?? []);
  const calls: ProviderCall[] = [];
  let ignored = false;
  let meanwhile: (() => Promise<unknown>) | null = null;
  const front = await openHttpFront(
    { port: 0, host: '127.0.0.1' },
    {
      async provider(request) {
        const { provider: slug, method, scheme, host, path, query, headers } = request;
        const url = `${scheme}://${host}${path}${query.size > 0 ? `?${query.toString()}` : ''}`;
        calls.push({ slug, method, url, headers, body: request.body.toString('utf8') });
        const work = meanwhile;
        meanwhile = null;
        await work?.();
        if (ignored) {
          ignored = false;
          return { status: 504, hang: true };
        }
        return (await oauth.handle(request)) ?? { status: 404, body: 'no address of OAuth' };
      },
      control: () => Promise.resolve({ status: 404 }),
    },
  );
  const reroute = rerouteTo(front.url);
  const oauth = createOAuthSimulator({ providers: definitions, clock, randomBytes, publicUrl: reroute });
  for (const { slug, authorizationUrl } of definitions) {
    if (authorizationUrl !== null) oauth.setDecision(slug, 'approve');
  }
  return {
    oauth,
    url: front.url,
    reroute,
    calls,
    ignoreNext: () => void (ignored = true),
    duringNext: (work) => void (meanwhile = work),
    async visit(url) {
      const answer = await fetch(url, { redirect: 'manual' });
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`no redirect but ${answer.status}: ${await answer.text()}`);
      return location;
    },
    close: () => front.close(),
  };
}
