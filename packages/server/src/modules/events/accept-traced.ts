import type { App } from '../../ctx.ts';
import type { NewEvent } from '../../delivery/ingest.ts';
import { noteStored } from '../../tracing/traced-id.ts';
import { inSpan } from '../../tracing/tracer.ts';

/**
 * Stores events as `Engine.accept` does, as part of the present span; each that is new begins a trace of its own, in which its
 * deliveries will lie. Gives the row ids of those that were there already.
 */
export async function acceptTraced(app: App, events: NewEvent[]): Promise<Set<string>> {
  const startedAt = app.clock();
  const duplicates = await inSpan(
    app,
    {
      name: 'store events',
      kind: 'client',
      attributes: { 'db.system.name': 'postgresql', 'trunkline.events': events.length },
    },
    () => app.engine.accept(events),
  );
  for (const { id, type, organizationId } of events) {
    if (duplicates.has(id)) continue;
    noteStored(app, id, {
      name: 'event',
      kind: 'producer',
      startedAt,
      attributes: {
        'trunkline.organization.id': organizationId,
        'trunkline.event.id': id,
        'trunkline.event.type': type,
      },
    });
  }
  return duplicates;
}
