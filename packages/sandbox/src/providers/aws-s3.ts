import { createHash } from 'node:crypto';
import type { SandboxReply } from '../exchange.ts';
import { hexId } from '../ids.ts';
import type { Call, OperationSet, Route } from '../operations.ts';
import type { StoredItem } from '../store.ts';

const mostKeys = 1000;
const longestKey = 1024;

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function xml(status: number, content: string, headers: Record<string, string> = {}): SandboxReply {
  return {
    status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': hexId(16).toUpperCase(), ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${content}`,
  };
}

function failure(status: number, code: string, message: string): SandboxReply {
  return xml(status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`);
}

const messages: Record<string, string> = {
  MissingAuthenticationToken: 'Access Denied',
  InvalidAccessKeyId: 'The AWS Access Key Id you provided does not exist in our records.',
  SignatureDoesNotMatch:
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  RequestTimeTooSkewed: 'The difference between the request time and the current time is too large.',
  AuthorizationHeaderMalformed: 'The authorization header is malformed; the region is wrong.',
  XAmzContentSHA256Mismatch: 'The provided x-amz-content-sha256 header does not match what was computed.',
  AccessDenied: 'There were headers present in the request which were not signed.',
  IncompleteSignature: 'The authorization header is not complete.',
};

function refused(reason: string): SandboxReply | null {
  const message = messages[reason];
  if (message === undefined) return null;
  const code =
    reason === 'MissingAuthenticationToken' || reason === 'IncompleteSignature' ? 'AccessDenied' : reason;
  const isBadRequest = code === 'AuthorizationHeaderMalformed' || code === 'XAmzContentSHA256Mismatch';
  return failure(isBadRequest ? 400 : 403, code, message);
}

/** Runs only in the bucket of the account, with the key of the object. */
function inBucket(act: (call: Call, key: string) => SandboxReply): Route['handle'] {
  return (call) => {
    if (call.params['bucket'] !== call.account.values['bucket'])
      return failure(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const key = call.params['key'] ?? '';
    if (Buffer.byteLength(key) > longestKey) return failure(400, 'KeyTooLongError', 'Your key is too long');
    return act(call, key);
  };
}

function put({ request, store }: Call, key: string): SandboxReply {
  if (key === '')
    return failure(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
  const { headers, body } = request;
  if (headers['x-amz-content-sha256'] === undefined && !request.query.has('X-Amz-Signature'))
    return failure(400, 'InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  const md5 = createHash('md5').update(body).digest();
  if (headers['content-md5'] !== undefined && headers['content-md5'] !== md5.toString('base64'))
    return failure(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  if (headers['if-none-match'] === '*' && store.find('object', key))
    return failure(412, 'PreconditionFailed', 'At least one of the preconditions you specified did not hold');
  const etag = `"${md5.toString('hex')}"`;
  const metadata = Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-')),
  );
  const contentType = headers['content-type'] ?? 'binary/octet-stream';
  store.put({
    kind: 'object',
    id: key,
    data: { key, size: body.length, contentType, etag, metadata },
    bytes: body,
  });
  return { status: 200, headers: { etag } };
}

function read({ request, store }: Call, key: string): SandboxReply {
  const item = store.find('object', key);
  if (!item) return failure(404, 'NoSuchKey', 'The specified key does not exist.');
  const bytes = item.bytes ?? Buffer.alloc(0);
  const headers = objectHeaders(item);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers['range'] ?? '');
  if (!range || request.method === 'HEAD') return { status: 200, headers, body: bytes };
  const first = Number(range[1]);
  const last = Math.min(range[2] ? Number(range[2]) : Infinity, bytes.length - 1);
  if (first > last) return failure(416, 'InvalidRange', 'The requested range is not satisfiable');
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${first}-${last}/${bytes.length}` },
    body: bytes.subarray(first, last + 1),
  };
}

function objectHeaders({ at, data }: StoredItem): Record<string, string> {
  return {
    etag: String(data['etag']),
    'content-type': String(data['contentType']),
    'last-modified': new Date(at).toUTCString(),
    'accept-ranges': 'bytes',
    ...(data['metadata'] as Record<string, string>),
  };
}

function remove({ store }: Call, key: string): SandboxReply {
  store.remove('object', key);
  return { status: 204 };
}

/** ListObjectsV2. */
function list({ request, account, store }: Call): SandboxReply {
  const { query } = request;
  if (query.has('location'))
    return xml(200, `<LocationConstraint>${account.values['region']}</LocationConstraint>`);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const asked = query.get('max-keys');
  if (asked !== null && !/^\d+$/.test(asked))
    return failure(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range');
  const after =
    Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString() ||
    query.get('start-after') ||
    '';
  const most = Math.min(Number(asked ?? mostKeys), mostKeys);
  const entries = new Map<string, StoredItem | null>();
  for (const item of store.list('object').sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (!item.id.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : item.id.indexOf(delimiter, prefix.length);
    const name = end < 0 ? item.id : item.id.slice(0, end + delimiter.length);
    if (name > after && !entries.has(name)) entries.set(name, end < 0 ? item : null);
  }
  const shown = [...entries].slice(0, most);
  // A list of no entries is whole, whatever there is.
  const isTruncated = most > 0 && entries.size > shown.length;
  const last = shown.at(-1)?.[0] ?? '';
  return xml(
    200,
    [
      '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
      `<Name>${account.values['bucket']}</Name><Prefix>${escapeXml(prefix)}</Prefix>`,
      `<KeyCount>${shown.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${isTruncated}</IsTruncated>`,
      isTruncated
        ? `<NextContinuationToken>${Buffer.from(last).toString('base64url')}</NextContinuationToken>`
        : '',
      ...shown.map(([name, item]) => entryXml(name, item)),
      '</ListBucketResult>',
    ].join(''),
  );
}

function entryXml(name: string, item: StoredItem | null): string {
  if (!item) return `<CommonPrefixes><Prefix>${escapeXml(name)}</Prefix></CommonPrefixes>`;
  const { at, data } = item;
  return [
    `<Contents><Key>${escapeXml(name)}</Key><LastModified>${new Date(at).toISOString()}</LastModified>`,
    `<ETag>${escapeXml(String(data['etag']))}</ETag><Size>${String(data['size'])}</Size>`,
    '<StorageClass>STANDARD</StorageClass></Contents>',
  ].join('');
}

const bucket = ({ account }: Call): SandboxReply => ({
  status: 200,
  headers: { 'x-amz-bucket-region': account.values['region']! },
});

/** An object; without a key, as in `/bucket/`, the bucket itself. */
const objectOr =
  (whole: (call: Call) => SandboxReply) =>
  (call: Call, key: string): SandboxReply =>
    key === '' ? whole(call) : read(call, key);

/** The bucket in the name of the host first, then in the path, as at an endpoint of one's own. */
const routes = [
  { host: '{bucket}.s3.{region}.amazonaws.com', root: '/', object: '/{key+}' },
  { host: '*', root: '/{bucket}', object: '/{bucket}/{key+}' },
].flatMap(({ host, root, object }): Route[] => [
  { method: 'HEAD', host, path: root, handle: inBucket(bucket) },
  { method: 'GET', host, path: root, handle: inBucket(list) },
  { method: 'PUT', host, path: object, handle: inBucket(put) },
  { method: 'GET', host, path: object, handle: inBucket(objectOr(list)) },
  { method: 'HEAD', host, path: object, handle: inBucket(objectOr(bucket)) },
  { method: 'DELETE', host, path: object, handle: inBucket(remove) },
]);

export const awsS3Operations: OperationSet = {
  slugs: ['aws-s3'],
  routes,
  refused,
  notFound: () =>
    failure(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.'),
};
