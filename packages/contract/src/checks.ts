import { z } from 'zod';
import { Fault } from './faults.ts';

/**
 * The steps of a check in the order in which they run; a check has those that its protocol has. `values`: the form of
 * what was entered; `token`: an access token was there or could be had; `greeting`: the server introduced itself in its
 * protocol; `authentication`: it accepted the credentials; `permission`: they may do what they are for; `call`: the
 * provider's own answer to a harmless question; `send`: a message was accepted; `folder`: the folders are there.
 */
export const checkSteps = [
  'values',
  'token',
  'dns',
  'tcp',
  'tls',
  'greeting',
  'authentication',
  'permission',
  'call',
  'send',
  'folder',
] as const;
export type CheckStepKey = (typeof checkSteps)[number];

export const CheckStep = z.object({
  key: z.enum(checkSteps),
  label: z.string().meta({ example: 'Resolve smtp.example.com' }),
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  detail: z
    .string()
    .describe('What happened, with the other side’s own words where it had some; never a secret.'),
  durationMs: z.number().nullable().describe('Null for a step that did not run.'),
});
export type CheckStep = z.infer<typeof CheckStep>;

/** What follows from a failed step, in plain words. */
export const CheckProblem = z.object({
  fault: Fault,
  title: z.string(),
  cause: z.string(),
  fix: z.string(),
  link: z.string().nullable(),
});
export type CheckProblem = z.infer<typeof CheckProblem>;

/** What a check of a connection found: every step, and the problem of the first one that failed. */
export const CheckReport = z.object({
  ok: z.boolean(),
  problem: CheckProblem.nullable(),
  code: z
    .string()
    .nullable()
    .optional()
    .describe('The technical word of the failure: `timeout`, `dns`, `tls`, … or the status of the answer.'),
  steps: z.array(CheckStep),
  account: z
    .string()
    .nullable()
    .describe('Whom the provider says the credentials belong to, where it says so.'),
  durationMs: z.number(),
});
export type CheckReport = z.infer<typeof CheckReport>;
