import { z } from 'zod';
import { capabilityNames } from './capabilities.ts';
import { CheckProblem } from './checks.ts';
import { Empty, Id, Timestamp } from './common.ts';
import { IntegrationStatus } from './integrations.ts';
import { defineOperation } from './operation.ts';

const tag = 'Failover';
const Capabilities = z.array(z.enum(capabilityNames));

/** An integration as a member of a chain. */
export const FailoverMember = z.object({
  id: Id,
  name: z.string(),
  provider: z.object({ slug: z.string(), name: z.string() }),
  address: z.string().nullable().describe('Where its calls go, such as `smtp.sendgrid.net:587`.'),
  status: IntegrationStatus,
  problem: CheckProblem.nullable(),
  lastCheckAt: Timestamp.nullable(),
  consecutiveFailures: z.number().int(),
  capabilities: Capabilities,
});
export type FailoverMember = z.infer<typeof FailoverMember>;

export const FailoverSwitch = z.object({
  id: Id,
  kind: z.enum(['failed_over', 'restored', 'made_primary']),
  trigger: z.enum(['automatic', 'manual']),
  primary: z.object({ id: Id, name: z.string() }),
  from: z.object({ id: Id, name: z.string() }),
  to: z.object({ id: Id, name: z.string() }),
  problem: CheckProblem.nullable().describe('What set it off.'),
  by: z.string().describe('Who did it.'),
  at: Timestamp,
});
export type FailoverSwitch = z.infer<typeof FailoverSwitch>;

/** Files that backups took while the primary could not. */
export const FilesToCopyBack = z.object({
  waiting: z.number().int().describe('Files that are not at the primary yet, those given up among them.'),
  givenUp: z
    .number()
    .int()
    .describe(
      'Files that are not tried again unless somebody asks for it; they stay at the backup and are read there.',
    ),
  problem: CheckProblem.nullable().describe('Why the last try of one of them has failed.'),
});
export type FilesToCopyBack = z.infer<typeof FilesToCopyBack>;

export const FailoverConfig = z.object({
  integrationId: Id.describe('The primary integration.'),
  primary: FailoverMember,
  backups: z.array(FailoverMember).describe('In the order in which they are asked.'),
  activeIntegrationId: Id.describe('Where calls go now.'),
  failedOverAt: Timestamp.nullable().describe('Null while calls go to the primary.'),
  trigger: z.enum(['automatic', 'manual']).nullable().describe('Why they do not.'),
  restoreAt: Timestamp.nullable().describe(
    'The earliest time of an automatic restore that has begun to wait.',
  ),
  backupIntegrationId: Id.nullable().describe('The first backup.'),
  enableAutoFailover: z.boolean(),
  failoverThreshold: z.number().int(),
  alertOnFailover: z.boolean(),
  autoRestore: z.boolean(),
  stabilityMinutes: z.number().int().describe('How long the primary has to work before calls go back to it.'),
  version: z.number().int(),
  candidates: z.array(FailoverMember).describe('Integrations that could be a backup.'),
  filesToCopyBack: FilesToCopyBack.describe(
    'They are copied when calls are back at the primary and it works.',
  ),
  switches: z.array(FailoverSwitch).describe('The latest twenty, newest first.'),
});
export type FailoverConfig = z.infer<typeof FailoverConfig>;

const byIntegration = z.object({ integrationId: Id });
const path = '/api/v1/integrations/{integrationId}/failover';

export const getFailoverConfig = defineOperation({
  name: 'getFailoverConfig',
  procedure: 'integrations.getFailoverConfig',
  kind: 'query',
  tag,
  summary: 'Backups of an integration, the rules for switching, and where calls go now',
  permission: 'failover.read',
  input: byIntegration,
  output: FailoverConfig,
  rest: [{ method: 'GET', path }],
});

export const updateFailoverConfig = defineOperation({
  name: 'updateFailoverConfig',
  procedure: 'integrations.updateFailoverConfig',
  kind: 'mutation',
  tag,
  summary: 'Link backups and set the rules for switching',
  description:
    'What is not named stays as it is. `backupIntegrationIds` names the whole chain; `backupIntegrationId` one backup, or none with null. Every backup can do at least one thing that the primary does.',
  permission: 'failover.write',
  input: byIntegration.extend({
    backupIntegrationId: Id.nullable().optional(),
    backupIntegrationIds: z.array(Id).max(5).optional(),
    enableAutoFailover: z.boolean().optional(),
    failoverThreshold: z.number().int().min(1).max(100).optional(),
    alertOnFailover: z.boolean().optional(),
    autoRestore: z.boolean().optional(),
    stabilityMinutes: z.number().int().min(0).max(1440).optional(),
  }),
  output: FailoverConfig,
  rest: [{ method: 'PUT', path }],
});

export const triggerFailover = defineOperation({
  name: 'triggerFailover',
  procedure: 'integrations.triggerFailover',
  kind: 'mutation',
  tag,
  summary: 'Send calls through the next backup now',
  description:
    'They stay there until somebody restores the primary: what a person did is not undone by a rule.',
  permission: 'failover.write',
  input: byIntegration,
  output: FailoverConfig,
  rest: [{ method: 'POST', path: `${path}/trigger` }],
});

export const restorePrimary = defineOperation({
  name: 'restorePrimary',
  procedure: 'integrations.restorePrimary',
  kind: 'mutation',
  tag,
  summary: 'Send calls through the primary integration again',
  permission: 'failover.write',
  input: byIntegration,
  output: FailoverConfig,
  rest: [{ method: 'POST', path: `${path}/restore` }],
});

export const retryCopyBack = defineOperation({
  name: 'retryCopyBack',
  procedure: 'integrations.retryCopyBack',
  kind: 'mutation',
  tag,
  summary: 'Copy files that backups took to the primary now, those given up among them',
  description:
    'A file that was given up gets all its tries again. They are copied when calls are at the primary and it works.',
  permission: 'failover.write',
  input: byIntegration,
  output: FailoverConfig,
  rest: [{ method: 'POST', path: `${path}/copy-back` }],
});

export const makePrimary = defineOperation({
  name: 'makePrimary',
  procedure: 'integrations.makePrimary',
  kind: 'mutation',
  tag,
  summary: 'Make an integration the primary of what it can do; the one before becomes its first backup',
  permission: 'failover.write',
  input: byIntegration,
  output: FailoverConfig,
  rest: [{ method: 'POST', path: `${path}/make-primary` }],
});

export const listFailover = defineOperation({
  name: 'listFailover',
  procedure: 'integrations.listFailover',
  kind: 'query',
  tag,
  summary: 'Every integration that can do something, with its role, and the log of switches',
  permission: 'failover.read',
  input: Empty,
  output: z.object({
    data: z.array(
      FailoverMember.extend({
        role: z
          .enum(['primary', 'backup', 'spare'])
          .describe(
            '`primary`: asked first for something; `backup`: of a primary; `spare`: asked only by its id.',
          ),
        active: z.boolean().describe('Calls go through it now.'),
        activeFor: Capabilities.describe('For what they do: a backup may do less than its primary.'),
        backupOf: z.object({ id: Id, name: z.string() }).nullable(),
        primaryFor: Capabilities,
        backupCount: z.number().int(),
        filesToCopyBack: z.number().int().describe('Files that backups took and it does not have yet.'),
      }),
    ),
    switches: z.array(FailoverSwitch),
    nextCursor: z.null(),
  }),
  rest: [{ method: 'GET', path: '/api/v1/failover' }],
});
