import type { App } from '../ctx.ts';
import type { AccountFact } from '../providers/provider.ts';
import { fillText, fillUrl } from './fill-template.ts';
import type { OAuthConnection } from './oauth-connection.ts';
import { requestFor, templateValues } from './provider-request.ts';
import type { TokenAnswer } from './token-answer.ts';

/** Who is connected, and the values that came with the sign-in. */
export interface AccountFacts {
  account: string | null;
  extra: Record<string, string>;
}

const timeoutMs = 8_000;
const longest = 300;

/**
 * Finds out what a provider's definition says about the account behind a token. What cannot be found out is left out: a
 * connection works without its name, and its check says what else it lacks.
 */
export async function accountFacts(
  app: Pick<App, 'sender' | 'reroute' | 'log'>,
  connection: OAuthConnection,
  answer: TokenAnswer,
): Promise<AccountFacts> {
  const extra: Record<string, string> = {};
  const calls = new Map<string, Promise<unknown>>();
  const read = async (fact: AccountFact): Promise<string | null> => {
    const token = { accessToken: answer.accessToken, extra };
    switch (fact.from) {
      case 'values':
        return fillText(fact.text, templateValues(connection, token));
      case 'answer':
        return textAt(answer.body, fact.pointer);
      case 'idToken':
        return textAt(answer.claims, fact.pointer);
      case 'call': {
        // Several facts may stand in one answer.
        const key = JSON.stringify([fact.path, fact.headers]);
        const called = calls.get(key) ?? ask(app, connection, fact, token);
        calls.set(key, called);
        return textAt(await called, fact.pointer);
      }
    }
  };
  for (const [key, fact] of Object.entries(connection.auth.brings ?? {})) {
    const value = await read(fact);
    if (value !== null) extra[key] = value;
  }
  for (const fact of connection.auth.account ?? []) {
    const account = await read(fact);
    if (account !== null) return { account, extra };
  }
  return { account: null, extra };
}

async function ask(
  app: Pick<App, 'sender' | 'reroute' | 'log'>,
  connection: OAuthConnection,
  { path, headers = {} }: Extract<AccountFact, { from: 'call' }>,
  token: { accessToken: string; extra: Record<string, string> },
): Promise<unknown> {
  try {
    const values = templateValues(connection, token);
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, template]) => [name, fillText(template, values) ?? '']),
    );
    // A whole address that came with the token itself.
    const place = path.startsWith('{') ? fillUrl(path, values) : path;
    const request = requestFor(connection, { method: 'GET', path: place, headers: filled }, token);
    const url = app.reroute(connection.provider.slug, request.url);
    const { status, body } = await app.sender.send({ ...request, url, timeoutMs });
    return status === 200 ? (JSON.parse(body) as unknown) : null;
  } catch (error) {
    const { integrationId } = connection;
    app.log.info(
      { integrationId, reason: (error as Error).name },
      'the account could not be asked for its name',
    );
    return null;
  }
}

/** The text or number at a JSON pointer (RFC 6901), short enough for a name; null when there is none. */
export function textAt(document: unknown, pointer: string): string | null {
  let place = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return null;
    place = (place as Record<string, unknown>)[key];
  }
  if (typeof place === 'number') return String(place);
  if (typeof place !== 'string') return null;
  // eslint-disable-next-line no-control-regex -- the provider may send anything
  const text = place.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').trim();
  return text === '' ? null : text.slice(0, longest);
}
