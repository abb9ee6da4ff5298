import type { SpanStart } from '../tracing/tracer.ts';
import type { Connection } from './connection.ts';

/**
 * The span of a call to a provider. Of its address only the host is told: path and query may hold credentials, and a signed
 * URL is one.
 */
export function callSpan(
  { provider, integrationId }: Pick<Connection, 'provider' | 'integrationId'>,
  { method, url }: { method: string; url: string },
): SpanStart {
  return {
    name: `call ${provider.slug}`,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'server.address': new URL(url).hostname,
      'trunkline.provider': provider.slug,
      'trunkline.integration.id': integrationId,
    },
  };
}
