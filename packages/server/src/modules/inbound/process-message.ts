import { maxEventBytes } from '@trunkline/contract/events';
import type { InboundState } from '@trunkline/contract/inbound';
import type { App, Tx } from '../../ctx.ts';
import { tenantTransaction } from '../../db/tenant.ts';
import type { NewEvent } from '../../delivery/ingest.ts';
import type { ReadMessage } from '../../inbound/read-message.ts';
import type { Reader } from '../../inbound/reader.ts';
import { Unreadable } from '../../inbound/types.ts';
import type { SuppressionDraft } from '../../inbound/types.ts';
import { cleanText } from '../../logs/clean-line.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import { placeAnswers } from '../automations/chat-threads.ts';
import { findProvider } from '../../providers/all-providers.ts';
import { newIdIn, spanOfId } from '../../tracing/traced-id.ts';
import { during, kindOfError } from '../../tracing/tracer.ts';
import type { Span } from '../../tracing/tracer.ts';
import { acceptTraced } from '../events/accept-traced.ts';
import { eventBodyOf } from '../events/event-body.ts';
import type { HeldMessage } from './claim-messages.ts';
import { fetchBucketMail } from './fetch-bucket-mail.ts';
import { mailPlaceOf } from './mail-place.ts';
import { eventKeyOf, nextTrySeconds } from './process-rules.ts';
import { keysOf } from './source-keys.ts';
import { readSourceOfMessage } from './source-queries.ts';

/** Events that are stored in one go. */
const eventsAtOnce = 500;
/** Events that a message remembers. */
const remembered = 100;

interface OpenMessage {
  sourceId: string;
  sourceName: string;
  integrationId: string | null;
  provider: string;
  switchedOff: string[];
  target: string;
  headers: Record<string, string>;
  body: Buffer;
  receivedAt: Date;
}

/** How a message ends. */
interface Ending {
  state: Exclude<InboundState, 'queued' | 'failed'>;
  kind: string | null;
  events: NewEvent[];
  suppress: readonly SuppressionDraft[];
  error: string | null;
}

/**
 * Turns a webhook into events (IN-4). They are durable before it counts as processed; whoever reads it again, after a crash in
 * between or because somebody asked, makes events with the same ids, which are recognized. What goes wrong is tried again
 * later, and given up after eight times. Throws only when the database cannot be asked.
 */
export async function processMessage(app: App, reader: Reader, held: HeldMessage): Promise<void> {
  const span = spanOfId(app, held.id, {
    name: 'process inbound webhook',
    kind: 'consumer',
    attributes: { 'trunkline.organization.id': held.organizationId, 'trunkline.inbound.id': held.id },
  });
  return during(app, span, (inner) => processIn(inner, span, reader, held));
}

async function processIn(app: App, span: Span | null, reader: Reader, held: HeldMessage): Promise<void> {
  const { organizationId } = held;
  const message = await tenantTransaction(app.pool, organizationId, (tx) => openMessage(tx, held));
  if (message === null) return;
  let ending: Ending;
  try {
    const values = await tenantTransaction(app.pool, organizationId, (tx) =>
      valuesToReadWith(app, tx, held.id, message.provider),
    );
    ending = await pass(app, reader, held, message, values);
  } catch (error) {
    span?.fail(kindOfError(error));
    await postpone(app, held, message, error);
    return;
  }
  span?.set({
    'trunkline.provider': message.provider,
    'trunkline.inbound.state': ending.state,
    'trunkline.events': ending.events.length,
  });
  const changed = await tenantTransaction(app.pool, organizationId, (tx) =>
    finish(app, tx, held, message, ending),
  );
  if (changed) tell(app, organizationId, held.id, message, ending);
}

/** What is to be read, if it still is in these hands. */
async function openMessage(tx: Tx, { id, fence }: HeldMessage): Promise<OpenMessage | null> {
  const [row] = await tx.query<OpenMessage>(
    `SELECT m.source_id AS "sourceId", s.name AS "sourceName", s.integration_id AS "integrationId", s.provider,
       s.switched_off AS "switchedOff", m.target, m.headers, m.body, m.received_at AS "receivedAt"
     FROM inbound_messages m
     JOIN inbound_sources s ON s.organization_id = m.organization_id AND s.id = m.source_id
     WHERE m.organization_id = current_organization() AND m.id = $1 AND m.fence = $2 AND m.state = 'queued'`,
    [id, fence],
  );
  return row ?? null;
}

/** What of the integration decides how a webhook is read, such as who may write to an address for mail. */
async function valuesToReadWith(
  app: App,
  tx: Tx,
  messageId: string,
  provider: string,
): Promise<Readonly<Record<string, string>>> {
  const inbound = findProvider(provider)?.inbound;
  if (!inbound?.readsWith) return {};
  const { values, settings } = keysOf(app, await readSourceOfMessage(tx, messageId), inbound);
  const known: Record<string, string> = { ...settings, ...values };
  return Object.fromEntries(
    inbound.readsWith.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])),
  );
}

/** Reads it and stores its events. */
async function pass(
  app: App,
  reader: Reader,
  { organizationId, id: messageId }: HeldMessage,
  { sourceId, provider, switchedOff, target, headers, body, receivedAt }: OpenMessage,
  values: Readonly<Record<string, string>>,
): Promise<Ending> {
  const at = receivedAt.getTime();
  const url = `${app.config.publicUrl}${target}`;
  const filesUrl = `${app.config.publicUrl}/api/v1/inbound/messages/${messageId}/files`;
  const place = mailPlaceOf({ provider, headers, body });
  const mail = place && (await fetchBucketMail(app, organizationId, place));
  let read: ReadMessage;
  try {
    read = await reader.read({ sourceId, provider, headers, url, body, at, filesUrl, values, mail });
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return {
      state: 'unreadable',
      kind: null,
      events: [],
      suppress: [],
      error: cleanText(error.message, 500),
    };
  }
  const kind = read.kind === null ? null : cleanText(read.kind, 200);
  const wanted = read.events.filter(({ type }) => !switchedOff.includes(type));
  const placed = wanted.some(({ type }) => type === 'message.received')
    ? await tenantTransaction(app.pool, organizationId, (tx) => placeAnswers(tx, provider, wanted))
    : wanted;
  const events = placed.map(({ type, id, subject, data }): NewEvent => {
    const key = eventKeyOf(sourceId, id);
    const text = cleanSubject(subject);
    return {
      id: newIdIn(app),
      key,
      type,
      body: eventBodyOf(key, type, at, data),
      organizationId,
      subject: text,
    };
  });
  const large = events.find((event) => Buffer.byteLength(event.body) > maxEventBytes);
  if (large !== undefined) {
    const error = `Its event ${large.type} would have more than ${maxEventBytes.toLocaleString('en')} bytes.`;
    return { state: 'unreadable', kind, events: [], suppress: read.suppress, error };
  }
  for (let start = 0; start < events.length; start += eventsAtOnce) {
    const some = events.slice(start, start + eventsAtOnce);
    await (app.span === null ? app.engine.accept(some) : acceptTraced(app, some));
  }
  const state = events.length > 0 ? 'processed' : 'ignored';
  const onlyHead =
    place !== null && mail === null && state === 'processed'
      ? `Only the head of the mail was read: no connection of Amazon S3 has its bucket ${place.bucket}.`
      : null;
  const why = read.why ?? onlyHead;
  return { state, kind, events, suppress: read.suppress, error: why === null ? null : cleanText(why, 500) };
}

/** A subject is compared, not read: what cannot be stored makes none. */
function cleanSubject(subject: string | null): string | null {
  return subject === null || subject === '' || /[\0\p{Cs}]/u.test(subject) ? null : subject.slice(0, 255);
}

/** Records how it ended, with the addresses that get no more mail. False: somebody else has it by now. */
async function finish(
  app: App,
  tx: Tx,
  held: HeldMessage,
  { provider }: OpenMessage,
  { state, kind, events, suppress, error }: Ending,
): Promise<boolean> {
  const first = events.slice(0, remembered).map(({ key, type }) => ({ id: key, type }));
  const rows = await tx.query(
    `UPDATE inbound_messages SET state = $3, kind = $4, events = $5, event_count = $6, error = $7,
       processed_at = $8, due_at = 'infinity'
     WHERE organization_id = current_organization() AND id = $1 AND fence = $2 AND state = 'queued' RETURNING id`,
    [held.id, held.fence, state, kind, JSON.stringify(first), events.length, error, new Date(app.clock())],
  );
  if (rows.length === 0) return false;
  await storeSuppressions(app, tx, provider, suppress);
  tx.announce('inbound', [held.id]);
  return true;
}

/** What is on the list already stays as it is: it may be a person's. */
async function storeSuppressions(
  app: App,
  tx: Tx,
  provider: string,
  suppress: readonly SuppressionDraft[],
): Promise<void> {
  const byAddress = new Map<string, SuppressionDraft>();
  for (const draft of suppress) {
    const address = draft.address.trim().toLowerCase();
    if (address !== '' && address.length <= 320 && !/[\0\p{Cs}]/u.test(address))
      byAddress.set(address, draft);
  }
  // In one order, so that two nodes never wait for each other in a circle.
  const rows = [...byAddress].sort(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO email_suppressions (organization_id, address, id, reason, detail, provider, created_at)
     SELECT current_organization(), address, id, reason, detail, $5, $6
     FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) AS s (address, id, reason, detail)
     ON CONFLICT DO NOTHING`,
    [
      rows.map(([address]) => address),
      rows.map(() => app.newId()),
      rows.map(([, { reason }]) => reason),
      rows.map(([, { detail }]) => (detail === null ? null : cleanText(detail, 500))),
      provider,
      new Date(app.clock()),
    ],
  );
}

/** Puts it off, or gives it up. */
async function postpone(app: App, held: HeldMessage, message: OpenMessage, reason: unknown): Promise<void> {
  const { organizationId, id, fence, attempts } = held;
  const seconds = nextTrySeconds(attempts, app.random);
  const text = cleanText(reason instanceof Error ? reason.message : String(reason), 500);
  app.log.warn({ err: reason, messageId: id, attempts }, 'an inbound webhook could not be processed');
  const changed = await tenantTransaction(app.pool, organizationId, async (tx) => {
    const rows = await tx.query(
      `UPDATE inbound_messages SET state = CASE WHEN $3::float8 IS NULL THEN 'failed' ELSE 'queued' END, error = $4,
         failed_at = CASE WHEN $3::float8 IS NULL THEN $5::timestamptz END,
         due_at = CASE WHEN $3::float8 IS NULL THEN 'infinity' ELSE now() + make_interval(secs => $3) END
       WHERE organization_id = current_organization() AND id = $1 AND fence = $2 AND state = 'queued' RETURNING id`,
      [id, fence, seconds, text, new Date(app.clock())],
    );
    if (rows.length > 0 && seconds === null) {
      await recordOwnEvent(app, tx, 'inbound.failed', {
        messageId: id,
        sourceId: message.sourceId,
        source: message.sourceName,
        provider: message.provider,
        attempts,
        error: text,
        receivedAt: message.receivedAt.toISOString(),
        failedAt: new Date(app.clock()).toISOString(),
      });
    }
    tx.announce('inbound', [id]);
    return rows.length > 0;
  });
  if (!changed) return;
  app.inbound.counters[seconds === null ? 'failed' : 'retried'] += 1;
  if (seconds !== null) return;
  app.logs.write({
    organizationId,
    integrationId: message.integrationId ?? undefined,
    source: 'inbound',
    level: 'error',
    event: 'inbound.failed',
    message: `A webhook for ${message.sourceName} was given up after ${attempts} tries.`,
    details: { messageId: id, sourceId: message.sourceId, attempts, error: { message: text } },
  });
}

/** Counts it. What cannot be read leaves a line for people; all others are found at their source. */
function tell(
  app: App,
  organizationId: string,
  messageId: string,
  { sourceId, sourceName, integrationId }: OpenMessage,
  { state, error }: Ending,
): void {
  app.inbound.counters[state] += 1;
  if (state !== 'unreadable') return;
  app.logs.write({
    organizationId,
    integrationId: integrationId ?? undefined,
    source: 'inbound',
    level: 'warn',
    event: 'inbound.unreadable',
    message: `A webhook for ${sourceName} cannot be read: ${error}`,
    details: { messageId, sourceId },
  });
}
