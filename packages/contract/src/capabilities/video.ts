import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { Line } from './texts.ts';

export const videoCreateMeeting = defineCapability({
  label: 'Create a video meeting',
  summary: 'Make a meeting and get the address to join it',
  effect: 'write',
  input: z.strictObject({
    title: Line(200).min(1),
    start: z.iso.datetime({ offset: true }),
    minutes: z.number().int().min(5).max(1_440).default(60),
  }),
  output: z.object({ meetingId: z.string(), joinUrl: z.string() }),
  example: { title: 'Interview with Jane Doe', start: '2026-12-01T10:00:00Z', minutes: 45 },
});
