import type { Adapters } from './adapter.ts';
import { pathText } from './adapter.ts';

const objectPath = (key: string): string => `/${key.split('/').map(pathText).join('/')}`;

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
      const answer = await io.call({ method: 'GET', path: objectPath(key), accept: [404] });
      if (answer.status === 404) {
        if (!answer.text.includes('NoSuchKey')) throw io.failure(answer.text, 404);
        return { found: false, content: null, contentType: null, bytes: null };
      }
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
    duplicates: 'Nothing is changed; nothing is asked of S3.',
    async run({ key, seconds }, io) {
      const url = await io.presign(objectPath(key), seconds);
      return { url, expiresAt: new Date(io.now + seconds * 1000).toISOString() };
    },
  },
};
