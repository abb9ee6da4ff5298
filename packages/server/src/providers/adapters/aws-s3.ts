import type { AdapterAnswer, Adapters, Adapting } from './adapter.ts';
import { pathText } from './adapter.ts';
import { MissingObject } from './missing-object.ts';

const objectPath = (key: string): string => `/${key.split('/').map(pathText).join('/')}`;

/** Reads an object, or its first byte alone. A HEAD would not say whether the object or the bucket is not there. */
async function read(io: Adapting, key: string, what: 'whole' | 'first byte'): Promise<AdapterAnswer> {
  const headers: Record<string, string> = what === 'whole' ? {} : { range: 'bytes=0-0' };
  // An empty object has no first byte, and is there.
  const accept = what === 'whole' ? [404] : [404, 416];
  const answer = await io.call({ method: 'GET', path: objectPath(key), headers, accept });
  if (answer.status !== 404) return answer;
  throw answer.text.includes('NoSuchKey') ? new MissingObject() : io.failure(answer.text, 404);
}

/** Objects of the bucket. */
export const awsS3Adapters: Adapters = {
  'storage.put': {
    repeatable: true,
    duplicates: 'Storing the same file again changes nothing; with versions switched on, S3 keeps both.',
    async run({ key, content, contentType }, io) {
      const body = Buffer.from(content, 'base64');
      await io.call({ method: 'PUT', path: objectPath(key), headers: { 'content-type': contentType }, body });
      return { key, bytes: body.length };
    },
  },
  'storage.get': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    async run({ key }, io) {
      const answer = await read(io, key, 'whole');
      return {
        found: true,
        content: answer.bytes.toString('base64'),
        contentType: answer.headers['content-type'] ?? null,
        bytes: answer.bytes.length,
      };
    },
  },
  'storage.sign': {
    repeatable: true,
    duplicates:
      'Nothing is changed. S3 is asked for the file only where another store of the chain may have it.',
    async run({ key, seconds }, io) {
      if (io.elsewhere) await read(io, key, 'first byte');
      const url = await io.presign(objectPath(key), seconds);
      return { url, expiresAt: new Date(io.now + seconds * 1000).toISOString() };
    },
  },
};
