import type { App, Ctx } from '../ctx.ts';
import { requireNothingMissing } from '../authorize.ts';
import type { LiveTopic } from '@trunkline/contract/live';
import type { PortalPart } from '@trunkline/contract/portal-parts';
import { AppError } from '../errors.ts';

export interface LiveTimes {
  pingEveryMs: number;
  /** Access is checked again this often: a removed member's stream ends. */
  checkEveryMs: number;
}

/** What a portal hears of: what its pages show. */
const topicsOfPart: Record<PortalPart, readonly LiveTopic[]> = {
  webhooks: ['webhooks', 'deliveries', 'bulk_jobs', 'event_types', 'retry'],
  integrations: ['integrations', 'catalog', 'health'],
};

function portalTopics(parts: readonly PortalPart[]): ReadonlySet<LiveTopic> {
  return new Set(parts.flatMap((part) => topicsOfPart[part]));
}

export const liveTimes: LiveTimes = { pingEveryMs: 20_000, checkEveryMs: 30_000 };

/**
 * `GET /api/live`: server-sent events of the caller's organization (DASH-5). Each says what changed; the
 * screen reads it again through its queries, with its own permissions.
 *
 * @throws AppError `unauthenticated` or `no_organization`
 */
export function openLiveStream(
  app: App,
  ctx: Ctx,
  stillMember: () => Promise<boolean>,
  signal: AbortSignal,
  { pingEveryMs, checkEveryMs }: LiveTimes = liveTimes,
): Response {
  const { actor } = ctx;
  if (actor.type !== 'user' && actor.type !== 'portal') {
    throw new AppError('unauthenticated', 'Sign in to follow changes.');
  }
  const follows = actor.type === 'portal' ? portalTopics(actor.parts) : null;
  requireNothingMissing(ctx);
  const { organizationId } = ctx;
  if (organizationId === null) throw new AppError('no_organization', 'You belong to no organization.');
  const encoder = new TextEncoder();
  let close = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => {
        // A reader that cannot follow is cut off; the browser connects again and reads everything anew.
        if ((controller.desiredSize ?? 0) < -1000) close();
        else controller.enqueue(encoder.encode(text));
      };
      const look = (): void => {
        stillMember().then(
          (member) => {
            if (!member) close();
          },
          () => undefined,
        );
      };
      const unsubscribe = app.live.subscribe(organizationId, (message) => {
        // Perhaps this one was revoked.
        if (follows !== null && message.topic === 'portal') look();
        if (follows === null || follows.has(message.topic)) send(`data: ${JSON.stringify(message)}\n\n`);
      });
      const ping = setInterval(() => send(': ping\n\n'), pingEveryMs);
      const check = setInterval(look, checkEveryMs);
      let open = true;
      close = () => {
        if (!open) return;
        open = false;
        unsubscribe();
        clearInterval(ping);
        clearInterval(check);
        try {
          controller.close();
        } catch {
          // The reader is gone already.
        }
      };
      signal.addEventListener('abort', close);
      send(`retry: 2000\n: connected\n\n`);
    },
    cancel() {
      close();
    },
  });
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  });
}
