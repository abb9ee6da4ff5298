import type { App, Ctx } from '../ctx.ts';
import { requireNothingMissing } from '../authorize.ts';
import { AppError } from '../errors.ts';

export interface LiveTimes {
  pingEveryMs: number;
  /** Access is checked again this often: a removed member's stream ends. */
  checkEveryMs: number;
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
  if (ctx.actor.type !== 'user') throw new AppError('unauthenticated', 'Sign in to follow changes.');
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
      const unsubscribe = app.live.subscribe(organizationId, (message) =>
        send(`data: ${JSON.stringify(message)}\n\n`),
      );
      const ping = setInterval(() => send(': ping\n\n'), pingEveryMs);
      const check = setInterval(() => {
        stillMember().then(
          (member) => {
            if (!member) close();
          },
          () => undefined,
        );
      }, checkEveryMs);
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
