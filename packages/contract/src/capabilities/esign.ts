import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Base64, Line } from './texts.ts';

/** All documents of a request together, in bytes. */
export const largestDocuments = 7 * 1_048_576;

const Document = z.strictObject({
  name: Line(100)
    .regex(/^[^/\\]+\.(pdf|docx)$/i, 'A file name that ends in .pdf or .docx')
    .meta({ example: 'contract.pdf' }),
  content: Base64(largestDocuments).min(4).describe('In base64.'),
});

const Signer = z.strictObject({ name: Line(100).min(1), email: z.email().max(254) });

export const esignSend = defineCapability({
  label: 'Send for signature',
  summary: 'Ask people to sign documents',
  effect: 'write',
  input: z
    .strictObject({
      title: Line(100).min(1).describe('The subject of the message to the signers.'),
      message: z.string().max(5_000).optional(),
      documents: z.array(Document).min(1).max(10),
      signers: z.array(Signer).min(1).max(20),
      inOrder: z
        .boolean()
        .default(false)
        .describe('They sign one after the other, as listed; else in any order.'),
    })
    .refine(
      ({ documents }) =>
        documents.reduce((sum, { content }) => sum + content.length * 0.75, 0) <= largestDocuments,
      'Documents are at most 7 MiB together',
    )
    .refine(
      ({ signers }) => new Set(signers.map(({ email }) => email.toLowerCase())).size === signers.length,
      'Every signer has an address of their own',
    ),
  output: z.object({ requestId: z.string().describe('`esign.status` asks by it.') }),
  example: {
    title: 'Your employment contract',
    message: 'Please sign by Friday.',
    documents: [{ name: 'contract.pdf', content: 'JVBERi0xLjQK' }],
    signers: [{ name: 'Jane Doe', email: 'jane@example.com' }],
  },
});

export const esignStatus = defineCapability({
  label: 'See who has signed',
  summary: 'How far a request for signatures is',
  effect: 'read',
  input: z.strictObject({ requestId: Line(100).regex(/^[A-Za-z0-9-]+$/, 'An id as `esign.send` gave it') }),
  output: z.object({
    requestId: z.string(),
    state: z.enum(['draft', 'sent', 'completed', 'declined', 'cancelled', 'failed']),
    signers: z.array(
      z.object({
        name: z.string(),
        email: z.string(),
        state: z.enum(['waiting', 'signed', 'declined', 'failed']),
        signedAt: z.string().nullable(),
      }),
    ),
  }),
  example: { requestId: '6d3f2a10-8c7b-4e59-9a41-2f0b1c3d4e5f' },
});
