import { createHmac } from 'node:crypto';
import { textAt } from '../providers/adapters/adapter.ts';
import type { InboundScheme } from '../providers/provider.ts';
import { jsonBody } from './json-body.ts';
import { replyTo } from './reply-to.ts';
import { sameText } from './same-text.ts';
import { readDropboxSign } from './schemes/dropbox-sign.ts';
import type { InboundReply, InboundRequest, Verdict, VerifyWith } from './types.ts';

/*
 * What a provider asks before it sends: whether the address is ours. Some ask with a signature, and are answered only if it
 * is right; others cannot sign yet, and get back what proves nothing but that somebody listens.
 */

/** Handshakes are short. */
const largest = 65_536;
const longestKey = 4_000;
const text = (body: string): InboundReply => ({ status: 200, contentType: 'text/plain', body });
const json = (value: unknown): InboundReply => ({
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify(value),
});
const ok: InboundReply = { status: 200, contentType: null, body: '' };
const answered = (reply: InboundReply): Verdict => ({ kind: 'reply', reply });

type Unsigned = (
  request: InboundRequest,
  query: URLSearchParams,
  how: Pick<VerifyWith, 'keys' | 'values'>,
) => Verdict | null;

const unsigned: Readonly<Record<string, Unsigned>> = {
  'gusto-hmac': ({ headers, body }, _query, { keys }) => {
    const content = headers['x-gusto-signature'] === undefined ? jsonBody(body, largest) : null;
    const key = textAt(content, 'verification_token');
    const subscription = textAt(content, 'webhook_subscription_uuid');
    if (!key || key.length > longestKey || !subscription || !/^[\w-]{1,100}$/.test(subscription)) return null;
    // Anybody can send this, so it replaces no key that is there.
    if (keys.length > 0) return keys.some((each) => sameText(each, key)) ? answered(ok) : null;
    return { kind: 'reply', reply: ok, proposal: { key, subscription } };
  },
  'linkedin-hmacsha256': ({ method }, query, { keys }) => {
    const challengeCode = method === 'GET' ? query.get('challengeCode') : null;
    if (challengeCode === null) return null;
    const [key] = keys;
    if (key === undefined) return { kind: 'refused', reason: 'no_key' };
    // Anything but a UUID might be a body that somebody wants to have signed.
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(challengeCode))
      return { kind: 'refused', reason: 'not_a_webhook' };
    const challengeResponse = createHmac('sha256', key).update(challengeCode).digest('hex');
    return answered(json({ challengeCode, challengeResponse }));
  },
  'lucca-hmac': ({ method }, query) => {
    const challenge = method === 'GET' ? query.get('challenge') : null;
    return challenge === null ? null : echoed(challenge);
  },
  'mailchimp-secret-url': ({ method }) => (method === 'GET' || method === 'HEAD' ? answered(ok) : null),
  'meta-sha256': ({ method }, query, { keys, values }) => {
    if (method !== 'GET' || query.get('hub.mode') !== 'subscribe') return null;
    const given = query.get('hub.verify_token') ?? '';
    const tokens = [...keys, values?.['verifyToken'] ?? ''].filter((token) => token !== '');
    if (tokens.length === 0) return { kind: 'refused', reason: 'no_key' };
    if (!tokens.some((token) => sameText(token, given)))
      return { kind: 'refused', reason: 'wrong_signature' };
    return echoed(query.get('hub.challenge') ?? '');
  },
  'microsoft-graph-change-notification': (_request, query) => {
    const token = query.get('validationToken');
    return token === null ? null : echoed(token);
  },
  'okta-event-hook': ({ method, headers }) => {
    const challenge = method === 'GET' ? headers['x-okta-verification-challenge'] : undefined;
    return challenge === undefined || challenge.length > 1000
      ? null
      : answered(json({ verification: challenge }));
  },
  'ringcentral-token': ({ headers, body }) => {
    const token = headers['validation-token'];
    if (token === undefined || headers['verification-token'] !== undefined || body.length > 0) return null;
    if (!/^[\w.~+/=-]{1,200}$/.test(token)) return { kind: 'refused', reason: 'not_a_webhook' };
    return answered({
      status: 200,
      contentType: 'application/json',
      body: '',
      headers: { 'validation-token': token },
    });
  },
  'woocommerce-hmac': ({ headers, body }) =>
    headers['x-wc-webhook-signature'] === undefined &&
    /^webhook_id=\d{1,12}$/.test(body.toString('latin1', 0, 64))
      ? answered(ok)
      : null,
};

/** Given back as plain text, unless it is longer than any provider's. */
function echoed(challenge: string): Verdict {
  if (challenge === '' || challenge.length > 4000) return { kind: 'refused', reason: 'not_a_webhook' };
  return answered(text(challenge));
}

/** The answer to a handshake that is not signed; null when this is none. */
export function answerUnsigned(
  { scheme }: InboundScheme,
  request: InboundRequest,
  how: Pick<VerifyWith, 'keys' | 'values'>,
): Verdict | null {
  return unsigned[scheme]?.(request, new URL(request.url).searchParams, how) ?? null;
}

type Signed = (request: InboundRequest, content: unknown, key: string) => InboundReply | null;

const signed: Readonly<Record<string, Signed>> = {
  'discord-ed25519': (_request, content) => {
    const type = textAt(content, 'type');
    const isInteraction = textAt(content, 'version') === undefined;
    if (type === '1' && isInteraction) return json({ type: 1 });
    // Discord wants a content type even where there is no content.
    return type === '0' ? { status: 204, contentType: 'application/json', body: '' } : null;
  },
  'github-sha256': ({ headers }) => (headers['x-github-event'] === 'ping' ? ok : null),
  'google-channel-token': ({ headers }) => (headers['x-goog-resource-state'] === 'sync' ? ok : null),
  'greenhouse-hmac': (_request, content) => (textAt(content, 'action') === 'ping' ? ok : null),
  'slack-v0': (_request, content) =>
    textAt(content, 'type') === 'url_verification' ? text(textAt(content, 'challenge') ?? '') : null,
  'zoom-v0': (_request, content, key) => {
    if (textAt(content, 'event') !== 'endpoint.url_validation') return null;
    const plainToken = textAt(content, 'payload', 'plainToken') ?? '';
    return json({ plainToken, encryptedToken: createHmac('sha256', key).update(plainToken).digest('hex') });
  },
};

/** The answer to a handshake whose signature was right; null when this is none. */
export function answerSigned(
  scheme: InboundScheme,
  request: InboundRequest,
  key: string,
): InboundReply | null {
  const answer = signed[scheme.scheme];
  if (answer) return answer(request, jsonBody(request.body, largest), key);
  if (scheme.scheme !== 'dropbox-sign-event-hash') return null;
  return textAt(readDropboxSign(request), 'event', 'event_type') === 'callback_test' ? replyTo(scheme) : null;
}
