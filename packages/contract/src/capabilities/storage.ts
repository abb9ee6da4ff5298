import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Base64, MediaType } from './texts.ts';

/** How large a file may be here, in bytes; larger ones go straight to the store with a signed address. */
export const largestFile = 7 * 1_048_576;

/** Folders and a name. No part may be empty or consist of dots, so that a key leads nowhere else. */
export const FileKey = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\\\r\n\0]+$/, 'No line break and no backslash')
  .refine(
    (key) => key.split('/').every((part) => part !== '' && !/^\.+$/.test(part)),
    'No empty part and no dots alone',
  )
  .meta({ example: 'contracts/2026/jane-doe.pdf' });

export const storagePut = defineCapability({
  label: 'Store a file',
  summary: 'Store a file under a key; one that is there is replaced',
  effect: 'write',
  input: z.strictObject({
    key: FileKey,
    content: Base64(largestFile).describe('In base64; at most 7 MiB before that.'),
    contentType: MediaType.default('application/octet-stream'),
  }),
  output: z.object({ key: z.string(), bytes: z.number().int() }),
  example: { key: 'contracts/jane-doe.txt', content: 'SGVsbG8=', contentType: 'text/plain' },
});

export const storageGet = defineCapability({
  label: 'Fetch a file',
  summary: 'Read a stored file',
  effect: 'read',
  input: z.strictObject({ key: FileKey }),
  output: z.object({
    found: z.boolean(),
    content: z.string().nullable().describe('In base64; null when there is no such file.'),
    contentType: z.string().nullable(),
    bytes: z.number().int().nullable(),
  }),
  missing: { answer: { found: false, content: null, contentType: null, bytes: null } },
  example: { key: 'contracts/jane-doe.txt' },
});

export const storageSign = defineCapability({
  label: 'Sign an address',
  summary: 'Make an address at which anybody can fetch a file for a while',
  effect: 'read',
  input: z.strictObject({
    key: FileKey,
    seconds: z.number().int().min(1).max(604_800).default(3_600),
  }),
  output: z.object({ url: z.string(), expiresAt: z.string() }),
  missing: { answer: null },
  example: { key: 'contracts/jane-doe.txt', seconds: 600 },
});
