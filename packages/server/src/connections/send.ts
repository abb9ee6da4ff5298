import type { App } from '../ctx.ts';
import type { SendResult } from '../lib/egress/send-result.ts';
import type { Connection } from './connection.ts';
import type { ProviderRequest } from './provider-request.ts';

/**
 * Sends a request to the provider, through the guard like everything that goes out.
 *
 * @param timeoutMs of the whole exchange
 * @throws EgressError when there is no complete answer
 */
export function send(
  app: Pick<App, 'sender' | 'reroute'>,
  connection: Connection,
  request: ProviderRequest,
  timeoutMs: number,
): Promise<SendResult> {
  const { method, headers, body } = request;
  const url = app.reroute(connection.provider.slug, request.url);
  return app.sender.send({ method, url, headers, body, timeoutMs });
}
