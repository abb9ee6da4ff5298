import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { textAt } from '../../providers/adapters/adapter.ts';
import { parseTime } from '../check-time.ts';
import { decodeExact } from '../decode-exact.ts';
import { jsonBody } from '../json-body.ts';
import { sameText } from '../same-text.ts';
import type { InboundRequest, RefusalReason, Verdict, VerifyWith } from '../types.ts';

/** Notices are tried again for up to an hour by themselves, and for a day where a policy says so. */
const oldestMs = 86_400_000;
const newestMs = 300_000;

const confirmations = ['SubscriptionConfirmation', 'UnsubscribeConfirmation'];
const fieldsOf = (type: string): readonly string[] =>
  confirmations.includes(type)
    ? ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
    : ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];

/** By SignatureVersion. */
const hashes: ReadonlyMap<string | undefined, string> = new Map([
  ['1', 'sha1'],
  ['2', 'sha256'],
]);

const refused = (reason: RefusalReason): Verdict => ({ kind: 'refused', reason });

/**
 * RSA over named fields of the body, with a certificate of Amazon. Everybody can have Amazon sign a message of a topic of
 * their own, so the key is the name of the topic (its ARN).
 */
export async function checkSns({ body }: InboundRequest, how: VerifyWith): Promise<Verdict> {
  const message = jsonBody(body);
  const at = (name: string) => textAt(message, name);
  const [type, signature, certificateUrl] = [at('Type'), at('Signature'), at('SigningCertURL')];
  if (!type || !signature || !certificateUrl) return refused('no_signature');
  if (type !== 'Notification' && !confirmations.includes(type)) return refused('not_a_webhook');
  if (how.keys.length === 0) return refused('no_key');
  const topic = at('TopicArn') ?? '';
  const hash = hashes.get(at('SignatureVersion'));
  // Asked before anything is fetched, so that strangers make us fetch nothing.
  if (!hash || !how.keys.some((key) => sameText(key, topic)) || !isOfSns(certificateUrl, '.pem'))
    return refused('wrong_signature');
  const key = certificateKey(await how.fetchCertificate(certificateUrl));
  const fields = fieldsOf(type).filter((name) => name !== 'Subject' || at(name) !== undefined);
  const signed = fields.map((name) => `${name}\n${at(name) ?? ''}\n`).join('');
  const bytes = decodeExact(signature, 'base64');
  if (!key || !bytes || !verify(hash, Buffer.from(signed), key, bytes)) return refused('wrong_signature');
  const time = parseTime(at('Timestamp') ?? '', 'iso');
  if (time === null) return refused('not_a_webhook');
  if (time < how.now - oldestMs) return refused('too_old');
  if (time > how.now + newestMs) return refused('too_new');
  if (type !== 'SubscriptionConfirmation')
    return { kind: 'authentic', replayKey: `message ${(at('MessageId') ?? '').replaceAll(/[^\w-]/g, '')}` };
  const confirmUrl = at('SubscribeURL') ?? '';
  if (!isOfSns(confirmUrl, '/')) return refused('not_a_webhook');
  return { kind: 'reply', reply: { status: 200, contentType: null, body: '' }, confirmUrl };
}

/** An HTTPS address of SNS itself, whose path ends like this. */
function isOfSns(address: string, ending: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  return (
    url.protocol === 'https:' &&
    /^sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?$/.test(url.hostname) &&
    [url.port, url.username, url.password].every((part) => part === '') &&
    url.pathname.endsWith(ending)
  );
}

function certificateKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : null;
  } catch {
    return null;
  }
}
