import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

export const chatPost = defineCapability({
  label: 'Post in a chat',
  summary: 'Post one message in a channel',
  effect: 'write',
  input: z.strictObject({
    channel: Line(200)
      .min(1)
      .optional()
      .describe('A name or an id as the provider has them; the channel of the integration unless given.'),
    text: z.string().min(1).max(2_000).describe('Plain text.'),
  }),
  output: z.object({
    messageId: z.string().nullable().describe('Null where the provider gives none.'),
    channel: z.string().nullable(),
  }),
  example: { channel: '#support-alerts', text: 'A candidate has a question.' },
});
