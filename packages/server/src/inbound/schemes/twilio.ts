import { createHash, createHmac } from 'node:crypto';
import { checkedBy, refuse } from '../checked.ts';
import type { Verifier } from '../checked.ts';
import { formBody } from '../form-body.ts';
import { isReadable } from '../json-body.ts';
import { sameText } from '../same-text.ts';
import type { InboundRequest } from '../types.ts';

/**
 * HMAC-SHA1 over the address and, of a form, every field in the order of the names; repeated values count once. Other
 * bodies are covered by their hash in the address, and without it they are not covered at all.
 */
export const checkTwilio: Verifier = (_scheme, request, { keys }) => {
  const given = request.headers['x-twilio-signature'];
  if (!given) return refuse('no_signature');
  const fields = signedFields(request);
  if (fields === null) return refuse('wrong_signature');
  const messages = spellingsOf(request.url).map((url) => url + fields);
  return checkedBy(keys, (key) =>
    messages.some((message) => sameText(createHmac('sha1', key).update(message).digest('base64'), given)),
  );
};

/** The signed part behind the address; null when the body is not what is signed. */
function signedFields({ url, headers, body }: InboundRequest): string | null {
  const hash = new URL(url).searchParams.get('bodySHA256');
  if (hash !== null) return sameText(createHash('sha256').update(body).digest('hex'), hash) ? '' : null;
  if (body.length === 0) return '';
  // Twilio's forms are small, and a large one would be taken apart before anybody has proved it.
  const form = isReadable(body) ? formBody(headers['content-type'] ?? '', body) : null;
  if (form === null) return null;
  const values = new Map<string, Set<string>>();
  for (const [name, value] of form) values.set(name, (values.get(name) ?? new Set()).add(value));
  return [...values.keys()]
    .sort()
    .map((name) =>
      [...values.get(name)!]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

/** Twilio signs the address with its port or without, whichever it was told. */
function spellingsOf(url: string): string[] {
  const [, scheme = '', host = '', rest = ''] = /^(https?):\/\/([^/?#]+)(.*)$/s.exec(url) ?? [];
  const bare = host.replace(/:\d+$/, '');
  const port = scheme === 'https' ? 443 : 80;
  const others = bare === host ? [`${host}:${port}`] : [bare];
  return [url, ...others.map((other) => `${scheme}://${other}${rest}`)];
}
