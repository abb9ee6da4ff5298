import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { getProvider } from '@trunkline/contract/catalog';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import { getIntegration } from '@trunkline/contract/integrations';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { Pencil, PlugZap, Stethoscope } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import type { Tab } from '../../components/SegmentedTabs.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCan } from '../../lib/session.ts';
import { track } from '../../lib/track.ts';
import { useRefresh } from '../../lib/use-refresh.ts';
import { FailoverTab } from '../failover/FailoverTab.tsx';
import { FilesTab } from '../exchange/FilesTab.tsx';
import { HealthTab } from '../health/HealthTab.tsx';
import { CategoryTag } from '../integrations/CategoryTag.tsx';
import { DisconnectDialog } from '../integrations/DisconnectDialog.tsx';
import { IntegrationToggle } from '../integrations/IntegrationToggle.tsx';
import { ReconnectDialog } from '../integrations/connect/ReconnectDialog.tsx';
import { needsApp } from '../integrations/connect/connect-words.ts';
import { formFields } from '../integrations/connect/form-fields.ts';
import { IntegrationStatusBadge } from '../integrations/integration-status.tsx';
import { nextStep } from '../integrations/next-step.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { LogsTab } from '../logs/LogsTab.tsx';
import { logSearch } from '../logs/log-search.ts';
import { ActivityTab } from './ActivityTab.tsx';
import { CredentialsTab } from './CredentialsTab.tsx';
import { IntegrationBanner } from './IntegrationBanner.tsx';
import { IntegrationMenu } from './IntegrationMenu.tsx';
import { MissingIntegration } from './MissingIntegration.tsx';
import { OverviewTab } from './OverviewTab.tsx';
import { PermissionsTab } from './PermissionsTab.tsx';
import { RenameForm } from './RenameForm.tsx';
import { SettingsTab } from './SettingsTab.tsx';
import type { IntegrationPart, IntegrationSearch } from './integration-search.ts';
import { useTest } from './use-test.ts';
import classes from './IntegrationPage.module.css';

const back = { href: '/integrations', label: 'Integrations' };

function Loaded({
  integration,
  provider,
  onDisconnect,
}: {
  integration: IntegrationDetail;
  provider: ProviderDetail;
  onDisconnect: () => void;
}) {
  const { id } = integration;
  const search: IntegrationSearch = useSearch({ from: '/shell/integrations/$integrationId' });
  const navigate = useNavigate();
  const test = useTest(id);
  const [renaming, setRenaming] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const wasRenaming = useRef(false);
  useEffect(() => {
    if (wasRenaming.current && !renaming) pencil.current?.focus();
    wasRenaming.current = renaming;
  }, [renaming]);
  const [asking, setAsking] = useState<readonly string[] | null>(null);
  // How much it is used changes with every call, without a live message.
  useRefresh(integration.enabled, [getIntegration]);

  const { status } = integration;
  function reviewed(action: 'tested' | 'reconnected'): void {
    track({
      event: 'integration_status_reviewed',
      properties: { status_type: status, action_taken: action },
    });
  }
  const looked = useRef<string>(undefined);
  useEffect(() => {
    if (looked.current === id) return;
    looked.current = id;
    track({
      event: 'integration_status_reviewed',
      properties: { status_type: status, action_taken: 'looked' },
    });
  }, [id, status]);

  const connection = provider.connections.find(({ type }) => type === integration.authType) ?? null;
  const hasCredentials = connection !== null && formFields(connection).length > 0;
  const byOAuth = connection !== null && needsApp(connection.type);
  const step = nextStep(integration);

  function show(next: IntegrationSearch, replace = false): void {
    void navigate({
      to: '/integrations/$integrationId',
      params: { integrationId: id },
      search: next,
      replace,
      resetScroll: false,
    });
  }
  function runTest(): void {
    reviewed('tested');
    if (search.tab) show({});
    test.run();
  }

  const credentialsPart = hasCredentials
    ? ({ tab: 'credentials', edit: true } as const)
    : byOAuth
      ? ({ tab: 'permissions' } as const)
      : null;

  /** By consent where the provider asks for it; otherwise with new credentials. */
  function reconnect(): void {
    reviewed('reconnected');
    if (integration.authType === 'oauth2' || credentialsPart === null) setAsking([]);
    else show(credentialsPart);
  }

  const mayReconnect = useCan('integration.write');
  const mayReadFiles = useCan('exchange.read');
  const mayReadLogs = useCan('log.read');
  const mayReadFailover = useCan('failover.read');
  const mayReadAudit = useCan('audit.read');
  const begun = useRef(false);
  useEffect(() => {
    if (!search.reconnect) begun.current = false;
    else if (!begun.current) {
      begun.current = true;
      show({}, true);
      if (mayReconnect) reconnect();
    }
  });

  const tabs: Tab<IntegrationPart>[] = [
    {
      value: 'overview',
      label: 'Overview',
      content: (
        <OverviewTab integration={integration} provider={provider} connection={connection} test={test} />
      ),
    },
    {
      value: 'health',
      label: 'Health',
      content: (
        <HealthTab
          integration={integration}
          provider={provider}
          credentials={credentialsPart}
          onReconnect={reconnect}
          troubleshoot={search.troubleshoot === true}
        />
      ),
    },
    {
      value: 'settings',
      label: 'Settings',
      content: <SettingsTab integration={integration} provider={provider} />,
    },
  ];
  if (hasCredentials) {
    tabs.push({
      value: 'credentials',
      label: 'Credentials',
      content: (
        <CredentialsTab
          integration={integration}
          provider={provider}
          connection={connection}
          test={test}
          editing={search.edit === true}
          onEditing={(edit) => show({ tab: 'credentials', ...(edit ? { edit } : {}) }, !edit)}
        />
      ),
    });
  }
  if (byOAuth) {
    tabs.push({
      value: 'permissions',
      label: 'Permissions',
      content: (
        <PermissionsTab
          integration={integration}
          provider={provider}
          connection={connection}
          choosing={search.edit === true}
          onChoosing={(edit) => show({ tab: 'permissions', ...(edit ? { edit } : {}) }, !edit)}
          onReconnect={setAsking}
        />
      ),
    });
  }
  if (provider.exchangesFiles && mayReadFiles) {
    tabs.push({ value: 'files', label: 'Files', content: <FilesTab integration={integration} /> });
  }
  if (mayReadLogs) {
    tabs.push({
      value: 'logs',
      label: 'Logs',
      content: (
        <LogsTab
          integration={integration}
          search={logSearch({ ...search })}
          onSearch={(next) => show({ tab: 'logs', ...next }, true)}
        />
      ),
    });
  }
  if (integration.offers.length > 0 && mayReadFailover) {
    tabs.push({ value: 'failover', label: 'Failover', content: <FailoverTab integrationId={id} /> });
  }
  if (mayReadAudit) {
    tabs.push({ value: 'activity', label: 'Activity', content: <ActivityTab integrationId={id} /> });
  }
  const part = tabs.some(({ value }) => value === search.tab) ? (search.tab ?? 'overview') : 'overview';

  return (
    <>
      <PageHeader
        title={integration.name}
        logo={<ProviderLogo slug={provider.slug} name={provider.name} size={48} />}
        badge={
          <>
            <LockedAction permission="integration.write" reason={lockedReasons.write}>
              <ActionIcon ref={pencil} aria-label="Rename" size="sm" onClick={() => setRenaming(true)}>
                <Pencil aria-hidden />
              </ActionIcon>
            </LockedAction>
            <IntegrationStatusBadge status={integration.status} />
            <span className={classes.since}>
              since <RelativeTime at={integration.statusSince} />
            </span>
          </>
        }
        {...(renaming
          ? { editor: <RenameForm integration={integration} onClose={() => setRenaming(false)} /> }
          : {})}
        back={back}
        live
        subtitle={
          <span className={classes.facts}>
            <span>{provider.name}</span>
            <CategoryTag category={provider.category} />
            {integration.account && (
              <span className={classes.account}>Connected as {integration.account}</span>
            )}
          </span>
        }
        actions={
          <>
            <span className={classes.toggle}>
              <IntegrationToggle integration={integration} withLabel />
            </span>
            {integration.status !== 'pending' && (
              <LockedAction permission="integration.write" reason={lockedReasons.write}>
                <BusyButton
                  variant="default"
                  leftSection={<Stethoscope aria-hidden />}
                  busy={test.running}
                  onClick={runTest}
                >
                  Test connection
                </BusyButton>
              </LockedAction>
            )}
            {step && (
              <span className={classes.wide}>
                <LockedAction permission="integration.write" reason={lockedReasons.write}>
                  <Button leftSection={<PlugZap aria-hidden />} onClick={() => setAsking([])}>
                    {step === 'continue' ? 'Connect' : 'Reconnect'}
                  </Button>
                </LockedAction>
              </span>
            )}
            <IntegrationMenu integration={integration} onDisconnect={onDisconnect} />
          </>
        }
      />
      <IntegrationBanner
        integration={integration}
        has={{ credentials: hasCredentials, app: byOAuth, settings: provider.settings.length > 0 }}
        part={part}
        testing={test.running}
        onTest={runTest}
        onReconnect={() => setAsking([])}
        onRemove={onDisconnect}
      />
      <SegmentedTabs
        page
        label="Parts of this integration"
        value={part}
        onChange={(tab) => show(tab === 'overview' ? {} : { tab })}
        tabs={tabs}
      />
      <ReconnectDialog
        integration={asking === null ? null : integration}
        more={asking ?? []}
        onClose={() => {
          setAsking(null);
          if (search.edit && search.tab === 'permissions') show({ tab: 'permissions' }, true);
        }}
      />
    </>
  );
}

function Waiting({
  error,
  onRetry,
}: {
  error: Parameters<typeof ErrorState>[0]['error'] | null;
  onRetry: () => void;
}) {
  return (
    <>
      <PageHeader title="Integration" back={back} live />
      {error ? (
        <Card>
          <ErrorState error={error} onRetry={onRetry} />
        </Card>
      ) : (
        <div className={classes.skeleton} aria-busy>
          <Skeleton height={44} radius="lg" />
          <Skeleton height={320} radius="lg" />
          <Skeleton height={160} radius="lg" />
        </div>
      )}
    </>
  );
}

/** `/integrations/$integrationId`: one integration, with everything that can be done with it. */
export function IntegrationPage() {
  const { integrationId } = useParams({ from: '/shell/integrations/$integrationId' });
  const integration = useOperation(getIntegration, { id: integrationId });
  const slug = integration.data?.provider.slug ?? '';
  const provider = useOperation(getProvider, { slug }, { enabled: slug !== '' });
  const error = integration.error ?? provider.error;
  const navigate = useNavigate();
  const [disconnecting, setDisconnecting] = useState<IntegrationDetail | null>(null);

  function content(): ReactNode {
    // An id that cannot be one is as missing as one that nobody has.
    if (integration.error && ['not_found', 'invalid_input'].includes(integration.error.code)) {
      return <MissingIntegration integrationId={integrationId} />;
    }
    if (integration.data && provider.data) {
      const { data } = integration;
      return (
        <Loaded
          key={integrationId}
          integration={data}
          provider={provider.data}
          onDisconnect={() => setDisconnecting(data)}
        />
      );
    }
    return (
      <Waiting
        error={error}
        onRetry={() => void Promise.all([integration.refetch(), slug !== '' && provider.refetch()])}
      />
    );
  }
  return (
    <>
      {content()}
      {/* Beside the rest, which says at once that the integration is gone: what was done is still to be read. */}
      <DisconnectDialog
        integration={disconnecting}
        onClose={(gone) => {
          setDisconnecting(null);
          if (gone) void navigate({ to: '/integrations' });
        }}
      />
    </>
  );
}
