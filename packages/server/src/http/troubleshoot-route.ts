import { TroubleshootMessage, troubleshootIntegration } from '@trunkline/contract/health';
import type { Hono } from 'hono';
import { authorize } from '../authorize.ts';
import { AppError } from '../errors.ts';
import { prepareTroubleshooting } from '../modules/health/troubleshoot-integration.ts';
import type { RestEnv } from './rest.ts';

export const troubleshootPath = '/api/v1/integrations/:id/troubleshoot/stream';

/**
 * Registers the troubleshooter's stream: one JSON object a line as the steps go by, the diagnosis last. What is refused is
 * refused before the stream begins, as everywhere.
 */
export function registerTroubleshooting(hono: Hono<RestEnv>): void {
  hono.post(troubleshootPath, async (c) => {
    const ctx = c.get('ctx');
    authorize(ctx, troubleshootIntegration);
    const input = troubleshootIntegration.input.safeParse({
      id: c.req.param('id'),
      part: c.req.query('part'),
    });
    if (!input.success) throw new AppError('not_found', 'There is no such integration, or no such part.');
    const work = await prepareTroubleshooting(ctx, input.data);
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      async start(controller) {
        // Somebody who goes away does not stop the work: what it finds is recorded.
        let open = true;
        const send = (message: TroubleshootMessage): void => {
          if (!open) return;
          try {
            controller.enqueue(encoder.encode(`${JSON.stringify(TroubleshootMessage.parse(message))}\n`));
          } catch {
            open = false;
          }
        };
        try {
          const { diagnosis } = await work((step) => send({ type: 'step', step }));
          send({ type: 'diagnosis', diagnosis });
        } catch (error) {
          ctx.app.log.error({ err: error, requestId: ctx.request.id }, 'troubleshooting failed');
          send({ type: 'failed', detail: `Something went wrong on our side (${ctx.request.id}).` });
        }
        if (open) controller.close();
      },
    });
    return new Response(stream, {
      headers: {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    });
  });
}
