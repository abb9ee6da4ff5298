import type { App } from '../ctx.ts';
import { signAwsRequest } from '../lib/aws-sigv4.ts';
import { signSumsubRequest } from '../lib/sumsub-signature.ts';
import type { Connection } from './connection.ts';
import type { ProviderRequest } from './provider-request.ts';

/**
 * Signs a request where the provider wants every call signed; any other goes out as it is. The signature holds for the
 * provider's own address, so that this comes before the request is led elsewhere.
 */
export async function signRequest(
  app: Pick<App, 'clock'>,
  { auth, values }: Connection,
  request: ProviderRequest,
): Promise<ProviderRequest> {
  if (auth.type !== 'signed') return request;
  const at = new Date(app.clock());
  const { method, url, headers, body } = request;
  if (auth.scheme === 'sumsub-hmac') {
    const { pathname, search } = new URL(url);
    const signed = signSumsubRequest({
      method,
      path: pathname + search,
      body,
      appToken: values['appToken'] ?? '',
      secretKey: values['secretKey'] ?? '',
      at,
    });
    return { ...request, headers: { ...headers, ...signed } };
  }
  const signed = await signAwsRequest({
    method,
    url,
    headers,
    body,
    service: auth.service ?? '',
    region: values['region'] ?? 'us-east-1',
    credentials: {
      accessKeyId: values['accessKeyId'] ?? '',
      secretAccessKey: values['secretAccessKey'] ?? '',
    },
    at,
  });
  return { ...request, url: signed.url, headers: signed.headers };
}
