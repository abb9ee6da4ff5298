import { setImmediate as nextTurn } from 'node:timers/promises';
import type { App } from '../../ctx.ts';
import { AppError, notFound } from '../../errors.ts';
import { MinuteRate } from '../../inbound/minute-rate.ts';
import { RefusalLimit, clientNetwork } from '../../inbound/refusal-limit.ts';
import { replyTo } from '../../inbound/reply-to.ts';
import type {
  InboundReply,
  InboundRequest,
  ProposedKey,
  RefusalReason,
  Verdict,
} from '../../inbound/types.ts';
import { verifyInbound } from '../../inbound/verify.ts';
import { parseAddress } from '../../lib/egress/address.ts';
import { holds, parseNetwork } from '../../lib/egress/network.ts';
import type { InboundScheme } from '../../providers/provider.ts';
import { within } from '../../tracing/tracer.ts';
import type { Span } from '../../tracing/tracer.ts';
import { PublishedTexts } from './published-texts.ts';
import { schemeOf } from './rules.ts';
import { keyPlace, keysOf } from './source-keys.ts';
import { sourceColumns, sourceJoins, sourceOf } from './source-queries.ts';
import type { SourceRow, StoredSource } from './source-queries.ts';
import { storeMessage } from './store-message.ts';

/** Sources that are tried for a webhook that names none. */
const mostTried = 50;
/** Bytes that are hashed for one webhook before everything else gets its turn. */
const hashedAtOnce = 1_048_576;
const unknown = 'source of inbound webhooks';

const refusals: Record<RefusalReason, string> = {
  no_signature: 'The request carries no signature.',
  wrong_signature: 'The signature does not fit the body and the key of this source.',
  too_old: 'The request was signed too long ago. Look at the clock of the sender.',
  too_new: 'The request was signed in the future. Look at the clock of the sender.',
  no_key: 'This source has no key to check signatures with.',
  not_a_webhook: 'This is not what the provider sends.',
};

/** A source, and how what comes to it is signed. */
export interface OpenSource {
  source: StoredSource;
  scheme: InboundScheme;
}

/**
 * Lets webhooks in: says whose an address is, verifies what came by its bytes, and stores it before it is answered (IN-1 to
 * IN-3). Nothing is parsed here.
 */
export class Intake {
  readonly #app: App;
  readonly #rate: MinuteRate;
  /** Of clients at a source, and of clients that name none. */
  readonly #refusals: RefusalLimit<RefusalReason | 'unknown'>;
  readonly #texts: PublishedTexts;

  constructor(app: App) {
    this.#app = app;
    this.#rate = new MinuteRate(
      () => app.dialer.clock(),
      () => app.engine.liveNodes,
    );
    this.#refusals = new RefusalLimit(() => app.dialer.clock());
    this.#texts = new PublishedTexts(app);
  }

  /** The source of an address. @throws AppError `not_found`, the same for one that is switched off, with words */
  async find(provider: string, address: string): Promise<OpenSource> {
    const [source] = await this.#read('find_inbound_source', 's.address = $1', address);
    if (!source || source.providerSlug !== provider) throw notFound(unknown);
    if (!source.sourceEnabled) throw new AppError('not_found', 'This source is switched off.');
    return opened(source);
  }

  /**
   * Says before the body is read whether a source hears this client. Where a webhook is refused, only its client is held up.
   *
   * @throws AppError `address_not_allowed`, `rate_limited`
   */
  admit({ source }: OpenSource, client: string | null): void {
    this.#requireAllowed(source, client);
    const wrong = this.#refusals.judge(clientAt(source, client));
    if (wrong !== null) {
      if (wrong.reason !== 'unknown') this.#app.inbound.refused(source, wrong.reason, client ?? 'unknown');
      throw tooOftenWrong(wrong.waitSeconds);
    }
    this.#requireRoom(source, client, this.#rate.wait(source.sourceId, source.perMinute));
  }

  /**
   * Takes a webhook in that came to this source. Resolves when it is durable.
   *
   * @throws AppError `rate_limited`, `signature_refused`, `overloaded`
   */
  async take(
    { source, scheme }: OpenSource,
    request: InboundRequest,
    client: string | null,
    span: Span | null = null,
  ): Promise<InboundReply> {
    const verdict = await this.#verify({ source, scheme }, request);
    const who = clientAt(source, client);
    if (verdict.kind === 'refused') this.#refusals.wasWrong(who, verdict.reason);
    if (verdict.kind === 'authentic') this.#refusals.wasRight(who);
    // Proposals are stored, and nobody signs them.
    if (verdict.kind === 'reply' && verdict.proposal !== undefined) this.#refusals.wasWrong(who, 'no_key');
    return this.#conclude({ source, scheme }, { request, client, span }, verdict);
  }

  /**
   * Takes a webhook in that came to an address of its provider alone: it belongs to the first of up to 50 sources whose key
   * fits. Everybody can make us try, so a client that is often wrong is not heard for the rest of a minute: neither the
   * database is asked then, nor the body read.
   *
   * @throws AppError as {@link admit} and {@link take}; `not_found` when the provider has no source with a key
   */
  async takeAny(
    provider: string,
    read: () => Promise<InboundRequest>,
    client: string | null,
    span: Span | null = null,
  ): Promise<InboundReply> {
    const who = clientNetwork(client);
    this.#requirePatience(who);
    const where = `s.provider = $1 AND s.enabled ORDER BY s.id LIMIT ${mostTried}`;
    const all = await this.#read('find_inbound_sources', where, provider);
    const tried = all.map(opened).filter((one) => keysOf(this.#app, one.source, one.scheme).keys.length > 0);
    if (tried.length === 0) {
      this.#refusals.wasWrong(who, 'unknown');
      throw notFound(unknown);
    }
    const request = await read();
    // Others of the same client may have been refused meanwhile, however many it sent at once.
    this.#requirePatience(who);
    let reason: RefusalReason = 'wrong_signature';
    let hashed = 0;
    for (const one of tried) {
      hashed += request.body.length;
      if (hashed > hashedAtOnce) {
        await nextTurn();
        hashed = 0;
      }
      const verdict = await this.#verify(one, request);
      if (verdict.kind === 'refused') {
        reason = verdict.reason;
        continue;
      }
      // A handshake proves nothing of who sends it.
      if (verdict.kind === 'authentic') this.#refusals.wasRight(who);
      else this.#refusals.wasWrong(who, 'unknown');
      this.#requireAllowed(one.source, client);
      return this.#conclude(one, { request, client, span }, verdict);
    }
    this.#refusals.wasWrong(who, reason);
    throw new AppError('signature_refused', refusals[reason]);
  }

  #requirePatience(who: string): void {
    const wrong = this.#refusals.judge(who);
    if (wrong !== null) throw tooOftenWrong(wrong.waitSeconds);
  }

  /** `where` belongs to the name: the database keeps its plan. */
  async #read(name: string, where: string, value: string): Promise<StoredSource[]> {
    const { rows } = await this.#app.pool.query<SourceRow>({
      name,
      text: `SELECT ${sourceColumns} FROM inbound_sources s ${sourceJoins} WHERE s.deleted_at IS NULL AND ${where}`,
      values: [value],
    });
    return rows.map(sourceOf);
  }

  #requireAllowed(source: StoredSource, client: string | null): void {
    const { networks } = source;
    const address = client === null ? null : parseAddress(client);
    const isAllowed =
      networks.length === 0 ||
      (address !== null && networks.some((text) => holds(parseNetwork(text), address)));
    if (isAllowed) return;
    this.#app.inbound.refused(source, 'address_not_allowed', client ?? 'unknown');
    throw new AppError(
      'address_not_allowed',
      `Webhooks from ${client ?? 'an unknown address'} are not allowed.`,
    );
  }

  /** `waitSeconds`: until the next minute of the source; null when it takes more in this one. */
  #requireRoom(source: StoredSource, client: string | null, waitSeconds: number | null): void {
    if (waitSeconds === null) return;
    this.#app.inbound.refused(source, 'rate_limited', client ?? 'unknown');
    throw new AppError('rate_limited', `This source takes ${source.perMinute} webhooks a minute.`, {
      retryAfterSeconds: waitSeconds,
    });
  }

  async #verify({ source, scheme }: OpenSource, request: InboundRequest): Promise<Verdict> {
    const { keys, values } = keysOf(this.#app, source, scheme);
    try {
      return await verifyInbound(scheme, request, {
        keys,
        values,
        now: this.#app.clock(),
        fetchCertificate: (url) => this.#texts.get(url),
      });
    } catch (error) {
      this.#app.log.warn({ err: error, sourceId: source.sourceId }, 'a webhook could not be verified');
      throw new AppError('overloaded', 'The signature could not be checked just now. Send it again.', {
        cause: error,
        retryAfterSeconds: 30,
      });
    }
  }

  async #conclude(
    { source, scheme }: OpenSource,
    { request, client, span }: { request: InboundRequest; client: string | null; span: Span | null },
    verdict: Verdict,
  ): Promise<InboundReply> {
    const { inbound, live } = this.#app;
    span?.set({
      'trunkline.organization.id': source.organizationId,
      'trunkline.provider': source.providerSlug,
      'trunkline.integration.id': source.integrationId ?? undefined,
    });
    const from = client ?? 'unknown';
    if (verdict.kind === 'refused') {
      inbound.refused(source, verdict.reason, from);
      throw new AppError('signature_refused', refusals[verdict.reason]);
    }
    if (verdict.kind === 'reply') {
      if (verdict.confirmUrl !== undefined) await this.#confirm(source, verdict.confirmUrl);
      if (verdict.proposal !== undefined) await this.#keepProposal(source, verdict.proposal, from);
      return verdict.reply;
    }
    const { organizationId, sourceId } = source;
    const { replayKey } = verdict;
    // Only what is authentic uses the minute up: who knows the address and no key takes nobody's place.
    this.#requireRoom(source, client, this.#rate.take(sourceId, source.perMinute));
    const message = { organizationId, sourceId, request, client: from, replayKey };
    const id = await storeMessage(span === null ? this.#app : within(this.#app, span), message);
    if (id === null) inbound.repeated(source);
    else {
      inbound.received(source);
      live.publish({ organizationId, topic: 'inbound', ids: [id] });
    }
    return replyTo(scheme);
  }

  /** Keeps the latest key that was proposed, for a person to take. */
  async #keepProposal(
    { sourceId, organizationId }: StoredSource,
    { key, subscription }: ProposedKey,
    address: string,
  ): Promise<void> {
    const { pool, secretBox, clock, live } = this.#app;
    const box = secretBox.seal(key, keyPlace(organizationId, sourceId, 'proposed_key_box'));
    const proposal = { at: new Date(clock()).toISOString(), address, subscription };
    await pool.query(
      `UPDATE inbound_sources SET proposed_key_box = $2, proposal = $3 WHERE id = $1 AND key_box IS NULL`,
      [sourceId, box, JSON.stringify(proposal)],
    );
    live.publish({ organizationId, topic: 'inbound', ids: [sourceId] });
  }

  /** Says yes to a subscription; what fails is asked of us again by the sender. */
  async #confirm({ sourceId }: StoredSource, url: string): Promise<void> {
    try {
      await this.#texts.fetch(url);
    } catch (error) {
      this.#app.log.warn({ err: error, sourceId }, 'a subscription could not be confirmed');
      throw new AppError('overloaded', 'The subscription could not be confirmed just now. Send it again.', {
        cause: error,
        retryAfterSeconds: 30,
      });
    }
  }
}

function clientAt({ sourceId }: StoredSource, client: string | null): string {
  return `${sourceId} ${clientNetwork(client)}`;
}

function tooOftenWrong(retryAfterSeconds: number): AppError {
  const detail = 'Too many webhooks of this client were refused. Mend its signatures before it sends more.';
  return new AppError('rate_limited', detail, { retryAfterSeconds });
}

/** @throws AppError `not_found` for a provider that this release does not know any more */
function opened(source: StoredSource): OpenSource {
  const scheme = schemeOf(source.providerSlug, source.signature);
  if (scheme === null) throw notFound(unknown);
  return { source, scheme };
}
