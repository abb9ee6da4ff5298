import { listAt, textAt } from './adapter.ts';
import { addressOf } from './mail-events.ts';

/*
 * Who has sent a mail, as the service found out that took it in. Anybody can write any sender into a mail; a signature of
 * the sender's domain (DKIM), a server that the domain names (SPF), or both seen together by DMARC prove it. What is believed
 * is only what the service itself says: fields beside the mail, and headers above the first `Received`, where the service
 * writes its own.
 */

/** `none`: not looked at, or nothing to look at. */
export type CheckResult = 'pass' | 'fail' | 'none';

/** What a service found out. A domain that it does not name is null. */
export interface MailChecks {
  dmarc: CheckResult;
  dkim: readonly { domain: string | null; result: CheckResult }[];
  spf: { domain: string | null; result: CheckResult };
}

export type Proof =
  | { proven: true }
  /** `forged`: a check failed and none passed; otherwise nobody can say. `why` is a sentence for people. */
  | { proven: false; forged: boolean; why: string };

/** A service whose words are read here. */
export type MailService = 'amazon-ses' | 'mailgun' | 'postmark' | 'sendgrid';

/**
 * Whether the sender's domain has sent a mail: DMARC says so, or a check passed for that domain, a domain below it or above
 * it (RFC 7489, relaxed alignment). DKIM of somebody else's domain proves nothing of the sender.
 */
export function proofOf(from: string, checks: MailChecks): Proof {
  const domain = domainOf(addressOf(from));
  if (domain === null)
    return { proven: false, forged: false, why: 'The mail names no sender with a domain.' };
  const { dmarc, dkim, spf } = checks;
  if (dmarc === 'pass') return { proven: true };
  const isProven =
    dmarc !== 'fail' &&
    [...dkim, spf].some((check) => check.result === 'pass' && isAligned(check.domain, domain));
  if (isProven) return { proven: true };
  const said = [
    ...(dmarc === 'none' ? [] : [`DMARC: ${dmarc}`]),
    ...dkim.map(({ domain: of, result }) => `DKIM${of === null ? '' : ` of ${of}`}: ${result}`),
    ...(spf.result === 'none' ? [] : [`SPF${spf.domain === null ? '' : ` of ${spf.domain}`}: ${spf.result}`]),
  ];
  const forged = dmarc === 'fail' || [...dkim, spf].some(({ result }) => result === 'fail');
  const why = forged
    ? `The mail says that it is from ${domain}, and the checks say that it is not.`
    : `Nothing proves that ${domain} has sent it.`;
  return {
    proven: false,
    forged,
    why: `${why} ${said.length === 0 ? 'The service says nothing of it.' : `(${said.join(', ')})`}`,
  };
}

/** What the service says of a mail, in the content of its webhook. */
export function checksBy(
  service: string | undefined,
  content: Record<string, unknown>,
  from: string,
): MailChecks {
  switch (service) {
    case 'amazon-ses':
      return bySes(content);
    case 'mailgun':
      return byMailgun(content);
    case 'postmark':
      return byPostmark(content, domainOf(addressOf(from)));
    case 'sendgrid':
      return bySendgrid(content);
    default:
      return { dmarc: 'none', dkim: [], spf: { domain: null, result: 'none' } };
  }
}

/**
 * `receipt` has a verdict of each kind, without domains; these stand in the header that SES puts first
 * (Amazon SES, contents of notifications for receiving).
 */
function bySes(notice: Record<string, unknown>): MailChecks {
  const verdict = (name: string) => resultOf(textAt(notice, 'receipt', name, 'status'));
  const spf = { domain: domainOf(textAt(notice, 'mail', 'source') ?? ''), result: verdict('spfVerdict') };
  const [first] = valuesOf(listAt(notice, 'mail', 'headers'), 'name', 'value', 'authentication-results');
  const clauses = withoutComments(first ?? '').split(';');
  const isOwn = clauses[0]!.trim().toLowerCase() === 'amazonses.com';
  const signed = isOwn ? clauses.flatMap((clause) => signatureIn(clause)) : [];
  const overall = verdict('dkimVerdict');
  return {
    dmarc: verdict('dmarcVerdict'),
    dkim: signed.length > 0 || overall === 'none' ? signed : [{ domain: null, result: overall }],
    spf,
  };
}

/** ` dkim=pass header.i=@example.com` */
function signatureIn(clause: string): MailChecks['dkim'][number][] {
  const result = /^\s*dkim\s*=\s*(\w+)/i.exec(clause)?.[1];
  if (result === undefined) return [];
  const named = /\bheader\.(?:d|i)\s*=\s*"?(?:[^\s@;"]*@)?([^\s@;"]+)/i.exec(clause)?.[1];
  return [{ domain: named?.toLowerCase() ?? null, result: resultOf(result) }];
}

/**
 * Only where the spam filter of the domain marks mail by headers (Mailgun, spam filter). Which of several signatures passed is
 * not said, so that all have to be the sender's.
 */
function byMailgun(content: Record<string, unknown>): MailChecks {
  let pairs: unknown;
  try {
    pairs = JSON.parse(textAt(content, 'message-headers') ?? '[]');
  } catch {
    pairs = [];
  }
  const headers = (Array.isArray(pairs) ? pairs : []).map((pair) => ({
    name: textAt(pair, 0),
    value: textAt(pair, 1),
  }));
  const received = headers.findIndex(({ name }) => name?.toLowerCase() === 'received');
  const own = received < 0 ? [] : headers.slice(0, received);
  const said = (name: string) => onlyOne(valuesOf(own, 'name', 'value', name));
  const dkim = resultOf(said('x-mailgun-dkim-check-result'));
  const domains = valuesOf(headers, 'name', 'value', 'dkim-signature').map(signingDomain);
  const first = domains[0] ?? null;
  const isOne = first !== null && domains.every((domain) => domain === first);
  return {
    dmarc: 'none',
    dkim: dkim === 'none' ? [] : [{ domain: isOne ? first : null, result: dkim }],
    spf: {
      // The envelope's, which SPF is about.
      domain: domainOf(textAt(content, 'sender') ?? ''),
      result: resultOf(said('x-mailgun-spf')),
    },
  };
}

/** The tests of its spam filter, of which DKIM_VALID_AU is a signature of the author's domain, and `Received-SPF` (RFC 7208). */
function byPostmark(content: Record<string, unknown>, from: string | null): MailChecks {
  const said = (name: string) => onlyOne(valuesOf(listAt(content, 'Headers'), 'Name', 'Value', name));
  const tests = new Set((said('x-spam-tests') ?? '').toUpperCase().split(/[\s,]+/));
  const spf = said('received-spf') ?? '';
  const dkim = tests.has('DKIM_VALID_AU')
    ? [{ domain: from, result: 'pass' as const }]
    : tests.has('DKIM_INVALID')
      ? [{ domain: null, result: 'fail' as const }]
      : [];
  const envelope = /\benvelope-from\s*=\s*["<]?([^\s;">]+)/i.exec(withoutComments(spf))?.[1];
  return {
    dmarc: 'none',
    dkim,
    spf: { domain: domainOf(envelope ?? ''), result: resultOf(/^\s*(\w+)/.exec(spf)?.[1]) },
  };
}

/** `dkim` is `{@example.com : pass, @other.example : fail}`, `SPF` a word, `envelope` JSON (SendGrid, Inbound Parse). */
function bySendgrid(content: Record<string, unknown>): MailChecks {
  const dkim = [...(textAt(content, 'dkim') ?? '').matchAll(/@([^\s:,{}]+)\s*:\s*(\w+)/g)].map(
    ([, domain, result]) => ({ domain: domain!.toLowerCase(), result: resultOf(result) }),
  );
  let envelope: unknown;
  try {
    envelope = JSON.parse(textAt(content, 'envelope') ?? '{}');
  } catch {
    envelope = {};
  }
  return {
    dmarc: 'none',
    dkim,
    spf: { domain: domainOf(textAt(envelope, 'from') ?? ''), result: resultOf(textAt(content, 'SPF')) },
  };
}

function resultOf(word: string | undefined): CheckResult {
  switch (word?.trim().toLowerCase()) {
    case 'pass':
      return 'pass';
    case 'fail':
    case 'softfail':
    case 'invalid':
      return 'fail';
    default:
      // Neutral, gray, none, errors: nobody knows.
      return 'none';
  }
}

/** Values of a header, in their order. */
function valuesOf(headers: readonly unknown[], nameAt: string, valueAt: string, name: string): string[] {
  return headers
    .filter((each) => textAt(each, nameAt)?.toLowerCase() === name)
    .map((each) => textAt(each, valueAt) ?? '');
}

/** A verdict that stands there twice is none: one of them came with the mail. */
function onlyOne(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}

/** Comments and quoted texts of a header may hold anything, also what looks like a verdict. */
function withoutComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\([^()]*\)/g, ' ');
}

function signingDomain(signature: string): string | null {
  return /(?:^|;)\s*d\s*=\s*([^\s;]+)/i.exec(signature)?.[1]?.toLowerCase() ?? null;
}

function domainOf(address: string): string | null {
  return /^[^\s@,]+@([^\s@,<>]+)$/.exec(address.trim().replace(/^<|>$/g, ''))?.[1]?.toLowerCase() ?? null;
}

function isAligned(domain: string | null, from: string): boolean {
  if (domain === null) return false;
  return (
    domain === from || domain.endsWith(`.${from}`) || (domain.includes('.') && from.endsWith(`.${domain}`))
  );
}
