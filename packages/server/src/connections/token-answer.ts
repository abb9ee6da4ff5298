import type { OAuth2Auth } from '../providers/provider.ts';

/** What a token URL answered, once it is known to be a token. */
export interface TokenAnswer {
  accessToken: string;
  refreshToken: string | null;
  idToken: string | null;
  /** Null: it does not expire, or nobody says. */
  expiresAt: Date | null;
  /** The provider's words for what was granted; null: it did not say, so everything that was asked for. */
  scopes: string[] | null;
  /** Claims of a checked id_token; null without one. */
  claims: Readonly<Record<string, unknown>> | null;
  /** The whole answer, for the facts that a provider's definition points at. Holds tokens. */
  body: Readonly<Record<string, unknown>>;
}

/** The token URL said no. The message is its word for why, never its text. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  /** `invalid_grant` and the like, or `http_<status>` when it gave no word. */
  readonly code: string;
  readonly status: number;
  /** Code and description, for the provider's own rules. May repeat what was sent. */
  readonly text: string;

  constructor(code: string, status: number, description = '') {
    super(code);
    this.code = code;
    this.status = status;
    this.text = `${code} ${description}`;
  }
}

const word = /^[A-Za-z0-9_.:-]{1,80}$/;

/**
 * Brings an answer of a token URL into the form of RFC 6749: errors that come with a good status become errors, tokens
 * without a type are bearer tokens, and an id_token is kept only where it can be checked.
 *
 * @throws TokenRefusal
 */
export function standardAnswer(
  auth: Pick<OAuth2Auth, 'issuer'>,
  status: number,
  text: string,
): Record<string, unknown> {
  const body = parseObject(text);
  const hasToken = typeof body?.['access_token'] === 'string';
  if (body === null || !hasToken || status >= 300) throw refusalOf(status, body);
  const answer = { ...body };
  for (const [name, value] of Object.entries(answer)) if (value === null) delete answer[name];
  const type = typeof answer['token_type'] === 'string' ? answer['token_type'].toLowerCase() : '';
  // Whatever else it is called (Slack says `bot`): how it is sent stands in the provider's definition.
  if (type !== 'dpop' && type !== 'mac') answer['token_type'] = 'bearer';
  if (Array.isArray(answer['scope'])) answer['scope'] = answer['scope'].join(' ');
  if (typeof answer['scope'] !== 'string') delete answer['scope'];
  if (auth.issuer === undefined) delete answer['id_token'];
  return answer;
}

function refusalOf(status: number, body: Record<string, unknown> | null): TokenRefusal {
  const error = body?.['error'];
  const code = typeof error === 'string' && word.test(error) ? error : `http_${status}`;
  const description = body?.['error_description'] ?? body?.['message'];
  // An error inside of a good answer counts as one that the caller has caused.
  return new TokenRefusal(
    code,
    status < 400 ? 400 : status,
    typeof description === 'string' ? description : '',
  );
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** What was granted, in the provider's words: separated by spaces or commas, whatever it takes in requests. */
export function scopesOf(scope: unknown): string[] | null {
  if (typeof scope !== 'string') return null;
  return scope.split(/[\s,]+/).filter((each) => each !== '');
}
