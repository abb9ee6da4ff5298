import { z } from 'zod';
import { defineCapability } from './capability.ts';
import { PhoneNumber } from './sms.ts';

export const verifyStart = defineCapability({
  label: 'Send a code',
  summary: 'Send a code to a telephone number, to see whether it is somebody’s',
  effect: 'write',
  input: z.strictObject({ to: PhoneNumber, channel: z.enum(['sms', 'call']).default('sms') }),
  output: z.object({ verificationId: z.string(), status: z.string() }),
  example: { to: '+14155550100' },
});

export const verifyCheck = defineCapability({
  label: 'Check a code',
  summary: 'Say whether a code is the one that was sent',
  effect: 'write',
  input: z.strictObject({ to: PhoneNumber, code: z.string().regex(/^\d{4,10}$/) }),
  output: z.object({ approved: z.boolean() }),
  example: { to: '+14155550100', code: '123456' },
});
