/** A message that a channel did not take. The text is for people and holds no secret. */
export class ChannelFailure extends Error {
  override readonly name = 'ChannelFailure';
  /** When the other side wants to be asked again, in milliseconds from now, if it said so. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null = null) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** What a channel says about a message that it took. */
export interface Taken {
  detail: string;
  /** Whom it went to, as people call them. */
  recipients: string[];
}

/** One message on its way. */
export interface Outgoing {
  organizationId: string;
  /** The same on every try, so that the other side can tell a repetition. */
  id: string;
  /** How many times it was tried, this time included. */
  attempt: number;
  at: Date;
}
