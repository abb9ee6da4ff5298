/*
 * What receiving, verifying and processing of inbound webhooks say to one another. Nothing here imports, so that
 * providers can describe what they send in these words.
 */

/** As it came. */
export interface InboundRequest {
  method: string;
  /** The public address with its query, as the sender called it. */
  url: string;
  /** By their names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** What the sender is answered. */
export interface InboundReply {
  status: number;
  contentType: string | null;
  body: string;
  /** Beside the content type. */
  headers?: Readonly<Record<string, string>>;
}

/**
 * `no_key`: there is nothing usable to verify with. `not_a_webhook`: nothing that this provider sends, such as a time
 * that is no time.
 */
export type RefusalReason =
  'no_signature' | 'wrong_signature' | 'too_old' | 'too_new' | 'no_key' | 'not_a_webhook';

/** A key that a sender wants to sign with, and the id of its subscription. */
export interface ProposedKey {
  key: string;
  subscription: string;
}

export type Verdict =
  /** Kept and processed. The key is the same for every repetition; null: a digest of the body decides. */
  | { kind: 'authentic'; replayKey: string | null }
  /** A handshake: answered, and nothing is stored. */
  | {
      kind: 'reply';
      reply: InboundReply;
      /** Fetched with GET before the sender sends anything else (SNS); an HTTPS address of Amazon. */
      confirmUrl?: string;
      /** What the sender proposes, unsigned, where there is no key yet (Gusto); a person has to say yes to it. */
      proposal?: ProposedKey;
    }
  | { kind: 'refused'; reason: RefusalReason };

export interface VerifyWith {
  /** Any of them may fit: a new one and the one before it. */
  keys: readonly string[];
  /** Other credential fields of the integration, such as the verify token that Meta repeats. */
  values?: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  now: number;
  /**
   * The text behind an HTTPS address of Amazon or Google, where certificates and keys lie; kept for up to an hour.
   *
   * @throws when it cannot be had; that says nothing of the webhook
   */
  fetchCertificate: (url: string) => Promise<string>;
}

/** How a provider writes the time: since the epoch, or as a date and time of ISO 8601. */
export type TimeFormat = 'seconds' | 'milliseconds' | 'iso';

/** An event as a provider's webhook tells it. */
export interface EventDraft {
  type: string;
  data: Record<string, unknown>;
  /** Unique within the source, and the same whenever the same webhook is read again. */
  id: string;
  subject?: string;
}

/** An address that should get no more mail. */
export interface SuppressionDraft {
  address: string;
  reason: 'bounced' | 'spam_reported' | 'unsubscribed';
  detail: string | null;
}

/** What a webhook says. */
export interface Normalized {
  /** The provider's own name of what happened. */
  kind: string | null;
  events: EventDraft[];
  suppress?: SuppressionDraft[];
  /** Why nothing was made of it, as a sentence for people. */
  why?: string;
}

/** A mail that came in, as the service that received it tells. */
export interface IncomingMail {
  /** Its Message-ID. */
  id: string | undefined;
  /** The sender as a header writes it. */
  from: string;
  /** The sender's name where it is known apart. */
  fromName?: string | undefined;
  subject: string | undefined;
  text: string;
  /** Read where there is no text. */
  html: string | undefined;
  /** Ids of the mails before it, the first one first. */
  references: string | undefined;
  inReplyTo: string | undefined;
  /** Auto-Submitted (RFC 3834): written by a program when it says anything but `no`. */
  autoSubmitted: string | undefined;
}

/** A file that came with a mail. */
export interface MailFile {
  name: string;
  contentType: string;
  bytes: number | null;
  /** Where it lies already; null: in the webhook. */
  url: string | null;
  /** Null: it lies elsewhere. */
  content: (() => Uint8Array) | null;
}

/** Where a service has put a mail of which its webhook only tells. */
export interface MailPlace {
  bucket: string;
  key: string;
}

/** A webhook that brings a mail, taken apart. */
export interface OpenedMail {
  /** Null: the service has taken it apart itself. */
  mail: IncomingMail | null;
  files: readonly MailFile[];
}

/** What a provider's reader knows beside the content. */
export interface NormalizeContext {
  /** Slug of the provider. */
  provider: string;
  headers: Readonly<Record<string, string>>;
  url: string;
  /** When it came in, in milliseconds since the epoch. */
  at: number;
  /** Of a webhook that brings a mail. */
  opened: OpenedMail;
  /** Where its files are fetched; the number of one stands behind it. */
  filesUrl: string;
  /** Of the integration, those that the scheme reads with. */
  values: Readonly<Record<string, string>>;
  /** Stands for an id of the provider where it gives none; the same whenever the same webhook is read again. */
  fallbackId: string;
}

/** A kind of event that a source can leave out. */
export interface InboundSwitchDefinition {
  eventType: string;
  label: string;
}

/** Authentic, but not what its provider documents. */
export class Unreadable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'Unreadable';
  }
}
