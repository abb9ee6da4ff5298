import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface AwsRequest {
  method: string;
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer | null;
  /** As in the credential scope: `s3`, `email`, `sns`. */
  service: string;
  region: string;
  credentials: AwsCredentials;
  /** May differ from Amazon's clock by some minutes. */
  at: Date;
}

/** What to send: both together, since the signature holds for this address only. */
export interface SignedAwsRequest {
  url: string;
  /** All headers, names in lower case. The `host` is the URL's. */
  headers: Record<string, string>;
}

/** Signs a request to Amazon, or to a store that speaks S3: Signature Version 4 in headers, over the body and every header. */
export async function signAwsRequest(request: AwsRequest): Promise<SignedAwsRequest> {
  const { method, service, region, credentials, at, body = null } = request;
  const url = new URL(request.url);
  // The signer takes a plus for a space, as it is in a query; in a path it is itself.
  url.pathname = url.pathname.replaceAll('+', '%2B');
  const headers = new Headers(request.headers);
  headers.set('x-amz-content-sha256', sha256(body ?? ''));
  const signer = new AwsV4Signer({
    ...credentials,
    method,
    url: url.href,
    headers,
    ...(body !== null && { body }),
    service,
    region,
    datetime: at.toISOString().replace(/[:-]|\.\d{3}/g, ''),
    allHeaders: true,
  });
  const signed = await signer.sign();
  return { url: signed.url.href, headers: Object.fromEntries(signed.headers) };
}

/** An address that holds its signature in the query and is good for `seconds`: for somebody without credentials. */
export async function presignAwsUrl(
  request: Omit<AwsRequest, 'method' | 'headers' | 'body'>,
  seconds: number,
): Promise<string> {
  const url = new URL(request.url);
  url.pathname = url.pathname.replaceAll('+', '%2B');
  url.searchParams.set('X-Amz-Expires', String(seconds));
  const signer = new AwsV4Signer({
    ...request.credentials,
    method: 'GET',
    url: url.href,
    service: request.service,
    region: request.region,
    datetime: request.at.toISOString().replace(/[:-]|\.\d{3}/g, ''),
    signQuery: true,
  });
  return (await signer.sign()).url.href;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
