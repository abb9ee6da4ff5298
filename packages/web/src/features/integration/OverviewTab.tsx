import { Loader } from '@mantine/core';
import type { ProviderConnection, ProviderDetail } from '@trunkline/contract/catalog';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { Check, Stethoscope } from 'lucide-react';
import { Card } from '../../components/Card.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FormError } from '../../components/FormError.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { formatAbsolute } from '../../lib/format.ts';
import { CheckSteps } from '../integrations/CheckSteps.tsx';
import { UsageBars } from './UsageBars.tsx';
import type { ConnectionTest } from './use-test.ts';
import classes from './IntegrationPage.module.css';

export interface OverviewTabProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
  connection: ProviderConnection | null;
  test: ConnectionTest;
}

function Bullets({ label, items }: { label: string; items: readonly string[] }) {
  return (
    <ul className={classes.bullets} aria-label={label}>
      {items.map((item) => (
        <li key={item}>
          <Check size={16} aria-hidden />
          <span>{item}</span>
        </li>
      ))}
    </ul>
  );
}

function LastCheck({ integration, provider, test }: Omit<OverviewTabProps, 'connection'>) {
  const { report, status } = integration;
  return (
    <Card title="Last check" description={provider.health.summary}>
      <Stack gap={12}>
        {test.running ? (
          <div className={classes.loading} role="status">
            <Loader size={20} aria-hidden /> Testing the connection, step by step
          </div>
        ) : (
          <>
            <FormError message={test.error?.detail ?? null} requestId={test.error?.requestId ?? null} />
            {report ? (
              <>
                <p className={classes.quiet}>
                  Checked <RelativeTime at={integration.lastCheckAt} />
                  {integration.nextCheckAt && (
                    <>
                      ; next <RelativeTime at={integration.nextCheckAt} />
                    </>
                  )}
                  . {provider.health.why}
                </p>
                <CheckSteps report={report} withoutProblem />
              </>
            ) : (
              <EmptyState icon={Stethoscope} title="Not checked yet">
                {status === 'pending'
                  ? 'It is checked as soon as it is connected.'
                  : status === 'disabled'
                    ? 'Nothing is checked while it is switched off.'
                    : 'The first check runs within minutes; Test connection runs one now.'}
              </EmptyState>
            )}
          </>
        )}
      </Stack>
    </Card>
  );
}

/** How an integration is: its last check, whose connection it is, how much it is used, what it can do. */
export function OverviewTab({ integration, provider, connection, test }: OverviewTabProps) {
  const { connectedAt, connectedBy, problem } = integration;
  const permissions = connection?.oauth2 ? [] : (connection?.permissions ?? []);
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <LastCheck integration={integration} provider={provider} test={test} />
        <Card title="What it can do" description={provider.description}>
          <Stack gap={12}>
            <Bullets label="Features" items={provider.features} />
            {permissions.length > 0 && (
              <div>
                <h3 className={classes.heading}>What it may do there</h3>
                <Bullets label="Permissions" items={permissions.map(({ text }) => text)} />
              </div>
            )}
          </Stack>
        </Card>
      </div>
      <div className={classes.column}>
        <Card title="Connection">
          <KeyValueList
            items={[
              { label: 'Provider', value: provider.name },
              { label: 'Connects by', value: connection?.label ?? integration.authType },
              { label: 'Account', value: integration.account },
              {
                label: 'Connected',
                value: connectedAt ? (
                  <span title={connectedAt}>{formatAbsolute(connectedAt)}</span>
                ) : (
                  'Not yet'
                ),
              },
              { label: 'Connected by', value: connectedBy?.name ?? null },
              {
                label: 'Last sync',
                value: <RelativeTime at={integration.lastSyncAt} empty="Not yet" />,
              },
              {
                label: 'Last check',
                value: (
                  <>
                    <RelativeTime at={integration.lastCheckAt} empty="Not yet" />
                    {integration.lastCheckAt !== null && (problem ? ', failed' : ', passed')}
                  </>
                ),
              },
              {
                label: 'Next check',
                value: integration.nextCheckAt ? (
                  <RelativeTime at={integration.nextCheckAt} />
                ) : (
                  'None planned'
                ),
              },
              {
                label: 'Id',
                value: (
                  <span className={classes.copied}>
                    <span className="mono">{integration.id}</span>
                    <CopyButton label="Copy id" value={integration.id} />
                  </span>
                ),
              },
            ]}
          />
        </Card>
        <Card title="Usage" description="Counted in hours and days of UTC.">
          <UsageBars integration={integration} />
        </Card>
      </div>
    </div>
  );
}
