import type { App } from '../ctx.ts';
import { presignAwsUrl, signAwsRequest } from '../lib/aws-sigv4.ts';
import { signSumsubRequest } from '../lib/sumsub-signature.ts';
import type { Connection } from './connection.ts';
import { requestFor } from './provider-request.ts';
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

/** The address of an object with its signature in the query, good for `seconds`. For connections that sign as Amazon does. */
export function presignRequest(
  app: Pick<App, 'clock'>,
  connection: Connection,
  path: string,
  seconds: number,
): Promise<string> {
  const { auth, values } = connection;
  const { url } = requestFor(connection, { method: 'GET', path }, null);
  return presignAwsUrl(
    {
      url,
      service: auth.type === 'signed' ? (auth.service ?? '') : '',
      region: values['region'] ?? 'us-east-1',
      credentials: {
        accessKeyId: values['accessKeyId'] ?? '',
        secretAccessKey: values['secretAccessKey'] ?? '',
      },
      at: new Date(app.clock()),
    },
    seconds,
  );
}
