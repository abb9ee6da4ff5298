import { genericProvider } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import type { Status } from '../../components/StatusBadge.tsx';
import { countOf } from '../../lib/format.ts';

/** Who sends to a source, inside a sentence. */
export function senderOf({
  provider,
  providerName,
}: Pick<InboundSource, 'provider' | 'providerName'>): string {
  return provider === genericProvider ? 'the sender' : providerName;
}

/** What a source is called by: its provider, unless any sender may use it. */
export function providerWords({
  provider,
  providerName,
}: Pick<InboundSource, 'provider' | 'providerName'>): string {
  return provider === genericProvider ? 'Any sender' : providerName;
}

/** Why webhooks were refused, and what to do about it. */
export interface RefusalWords {
  title: string;
  fix: string;
}

type RefusedSource = Pick<InboundSource, 'provider' | 'providerName' | 'keyLabel' | 'signature'>;

/** The provider's word for the key of a source, inside a sentence. */
export function keyOf({ provider, keyLabel }: Pick<InboundSource, 'provider' | 'keyLabel'>): string {
  if (provider === genericProvider || keyLabel === '') return 'key';
  // An abbreviation, such as “HTTP …”, stays as it is.
  return /^[A-Z][a-z]/.test(keyLabel) ? keyLabel.charAt(0).toLowerCase() + keyLabel.slice(1) : keyLabel;
}

/** A refusal in words. A reason that is not known here is shown as the server gives it. */
export function refusalWords(source: RefusedSource, reason: string, address: string): RefusalWords {
  const sender = senderOf(source);
  const key = keyOf(source);
  switch (reason) {
    case 'no_signature':
      return {
        title: 'It carried no signature',
        fix: source.signature
          ? `The sender has to send it in the header ${source.signature.header}.`
          : `Switch signing on at ${sender}. Without it anybody could send to this address.`,
      };
    case 'wrong_signature':
      return {
        title: 'The signature did not match',
        fix: `The ${key} here differs from the one at ${sender}. Copy it from there and replace the key here.`,
      };
    case 'too_old':
      return {
        title: 'It was signed too long ago',
        fix: 'Old webhooks are refused, because somebody may be replaying them. If all are refused, the clock of this server or of the sender is wrong.',
      };
    case 'too_new':
      return {
        title: 'It was signed in the future',
        fix: 'The clock of this server or of the sender is wrong.',
      };
    case 'no_key':
      return {
        title: 'There is no key to check it with',
        fix: `Enter the ${key} of ${sender}; until then everything is refused.`,
      };
    case 'not_a_webhook':
      return {
        title: `It was not a webhook of ${sender}`,
        fix: 'Something else has called the address. Once or twice is nothing to worry about.',
      };
    case 'address_not_allowed':
      return {
        title: 'Its address is not allowed',
        fix: `Add ${address} to the allowed addresses if it belongs to ${sender}.`,
      };
    case 'rate_limited':
      return {
        title: 'Too many came in a minute',
        fix: 'They are sent again later by most providers. Raise the limit if so many are usual.',
      };
    case 'too_large':
      return { title: 'It was too large', fix: 'A webhook may have 25 MiB at most.' };
    default:
      return { title: reason, fix: `Look at what ${sender} says about the call.` };
  }
}

const dayMs = 86_400_000;

/** The last refusal, while it is less than a day old and nothing has come in since; null otherwise. */
export function lateRefusal(source: InboundSource, now: number): InboundSource['lastRefusal'] {
  const { lastRefusal, lastReceivedAt } = source;
  if (lastRefusal === null || now - Date.parse(lastRefusal.at) > dayMs) return null;
  const isOver = lastReceivedAt !== null && Date.parse(lastReceivedAt) > Date.parse(lastRefusal.at);
  return isOver ? null : lastRefusal;
}

export interface Standing {
  status: Status;
  label: string;
  /** One line more, where there is something to say. */
  note: string | null;
}

/** How a source does, the most urgent first. */
export function standingOf(source: InboundSource, now: number): Standing {
  const { enabled, keyFrom, lastReceivedAt, refused24h, failed } = source;
  if (!enabled) return { status: 'disabled', label: 'Off', note: 'Its address answers 404' };
  if (keyFrom === 'missing') return { status: 'degraded', label: 'No key', note: 'Everything is refused' };
  const refusal = lateRefusal(source, now);
  if (refusal !== null) {
    const { title } = refusalWords(source, refusal.reason, refusal.address);
    return {
      status: 'error',
      label: 'Refusing',
      note: `${countOf(Math.max(1, refused24h), 'refused', 'refused')}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`,
    };
  }
  if (failed > 0) {
    return { status: 'degraded', label: 'Failing', note: 'Some could not be processed' };
  }
  if (lastReceivedAt === null) return { status: 'waiting', label: 'Waiting', note: 'For the first webhook' };
  return {
    status: 'active',
    label: 'Receiving',
    note: refused24h > 0 ? `${countOf(refused24h, 'refused', 'refused')} in 24 h` : null,
  };
}
