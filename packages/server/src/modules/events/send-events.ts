import { maxEventBytes, sendEvents as operation } from '@trunkline/contract/events';
import type { EventAccepted, EventInput } from '@trunkline/contract/events';
import { authorize } from '../../authorize.ts';
import type { Ctx } from '../../ctx.ts';
import type { NewEvent } from '../../delivery/ingest.ts';
import { AppError } from '../../errors.ts';
import { newIdIn } from '../../tracing/traced-id.ts';
import type { Verb } from '../../verb.ts';
import { acceptTraced } from './accept-traced.ts';
import { eventBody } from './event-body.ts';

/**
 * Stores events with their deliveries, durably, before it answers (WH-9). An event whose id the organization
 * has sent before is recognized and not sent again.
 */
export const sendEvents: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  return Array.isArray(input) ? acceptEvents(ctx, input) : (await acceptEvents(ctx, [input]))[0]!;
};

async function acceptEvents(ctx: Ctx, inputs: readonly EventInput[]): Promise<EventAccepted[]> {
  const { app, organizationId } = ctx;
  if (organizationId === null) throw new AppError('no_organization', 'The caller has no organization.');
  const at = app.clock();
  const events = inputs.map((input, index): NewEvent => {
    const id = newIdIn(app);
    const body = eventBody(input.id ?? id, input.type, at, input.data);
    if (Buffer.byteLength(body) > maxEventBytes) {
      const which = inputs.length === 1 ? 'The event' : `Event ${index + 1} of ${inputs.length}`;
      throw new AppError('payload_too_large', `${which} has more than ${maxEventBytes} bytes.`);
    }
    return {
      id,
      key: input.id ?? null,
      type: input.type,
      body,
      organizationId,
      subject: input.subject ?? null,
    };
  });
  const duplicates = await (app.span === null ? app.engine.accept(events) : acceptTraced(app, events));
  return events.map((event) => ({ id: event.key ?? event.id, duplicate: duplicates.has(event.id) }));
}
