// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { getFailoverConfig, retryCopyBack } from '@trunkline/contract/failover';
import type { FailoverConfig, FailoverMember } from '@trunkline/contract/failover';
import { afterEach, expect, it } from 'vitest';
import { hide, serve, show } from '../../testing/show.tsx';
import { FailoverTab } from './FailoverTab.tsx';

afterEach(hide);

const bucket: FailoverMember = {
  id: '01890000-0000-7000-8000-000000000011',
  name: 'Bucket',
  provider: { slug: 'aws-s3', name: 'Amazon S3' },
  address: null,
  status: 'active',
  problem: null,
  lastCheckAt: null,
  consecutiveFailures: 0,
  capabilities: ['storage.put'],
};
const disk: FailoverMember = { ...bucket, id: '01890000-0000-7000-8000-000000000012', name: 'Disk' };

const config = (change: Partial<FailoverConfig>): FailoverConfig => ({
  integrationId: bucket.id,
  primary: bucket,
  backups: [disk],
  activeIntegrationId: bucket.id,
  failedOverAt: null,
  trigger: null,
  restoreAt: null,
  backupIntegrationId: disk.id,
  enableAutoFailover: true,
  failoverThreshold: 3,
  alertOnFailover: true,
  autoRestore: true,
  stabilityMinutes: 10,
  version: 1,
  candidates: [],
  filesToCopyBack: { waiting: 0, givenUp: 0, problem: null },
  switches: [],
  ...change,
});

const again = { name: 'Copy again now' };

it('has files that were given up copied again', async () => {
  let files: FailoverConfig['filesToCopyBack'] = { waiting: 2, givenUp: 1, problem: null };
  const calls = serve({
    [getFailoverConfig.procedure]: () => config({ filesToCopyBack: files }),
    [retryCopyBack.procedure]: () => {
      files = { waiting: 0, givenUp: 0, problem: null };
      return config({ filesToCopyBack: files });
    },
  });
  show(() => <FailoverTab integrationId={bucket.id} />);
  fireEvent.click(await screen.findByRole('button', again));
  await waitFor(() => expect(screen.queryByRole('button', again)).toBeNull());
  expect(calls).toContainEqual([retryCopyBack.procedure, { integrationId: bucket.id }]);
});

it('offers that only where it can be done: calls are at the primary, and the person may', async () => {
  const filesToCopyBack = { waiting: 1, givenUp: 1, problem: null };
  serve({
    [getFailoverConfig.procedure]: () =>
      config({ filesToCopyBack, activeIntegrationId: disk.id, trigger: 'manual' }),
  });
  show(() => <FailoverTab integrationId={bucket.id} />);
  await screen.findByText('1 file waits to be copied back');
  expect(screen.queryByRole('button', again)).toBeNull();
  hide();

  serve({ [getFailoverConfig.procedure]: () => config({ filesToCopyBack }) });
  show(() => <FailoverTab integrationId={bucket.id} />, '/', 'utility_admin');
  expect((await screen.findByRole('button', again)).getAttribute('aria-disabled')).toBe('true');
});
