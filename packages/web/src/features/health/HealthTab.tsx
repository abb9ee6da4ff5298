import { Button, Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import { getIntegrationHealth, healthRanges } from '@trunkline/contract/health';
import type { HealthRange } from '@trunkline/contract/health';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { LifeBuoy, PlugZap, Power } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { useOperation } from '../../lib/api.ts';
import { notifyError } from '../../lib/notify.ts';
import { switchIntegration } from '../integrations/integration-cache.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { AgainstNormal } from './AgainstNormal.tsx';
import type { ActionTarget } from './ActionButton.tsx';
import { HealthChart } from './HealthChart.tsx';
import { HealthErrors } from './HealthErrors.tsx';
import { SupportDialog } from './SupportDialog.tsx';
import { Troubleshooter } from './Troubleshooter.tsx';
import { UptimeCard } from './UptimeCard.tsx';
import { rangeWords } from './health-words.ts';
import { useTroubleshooter } from './use-troubleshooter.ts';
import classes from './Health.module.css';

export interface HealthTabProps {
  integration: IntegrationDetail;
  provider: ProviderDetail;
  /** Where its credentials are; null when it has none of its own. */
  credentials: ActionTarget['credentials'];
  onReconnect: () => void;
  /** The troubleshooter begins by itself. */
  troubleshoot: boolean;
}

const refreshMs = 60_000;

function Switch({ integration }: { integration: IntegrationDetail }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const { id, enabled } = integration;
  async function change(): Promise<void> {
    setBusy(true);
    try {
      await switchIntegration(client, id, !enabled);
    } catch (thrown) {
      notifyError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <LockedAction permission="integration.write" reason={lockedReasons.write}>
      <BusyButton
        size="xs"
        variant="default"
        leftSection={<Power aria-hidden />}
        busy={busy}
        onClick={() => void change()}
      >
        {enabled ? 'Disable' : 'Enable'}
      </BusyButton>
    </LockedAction>
  );
}

/** How an integration does: errors, patterns, metrics beside its normal, uptime, and the troubleshooter (UC §5). */
export function HealthTab({ integration, provider, credentials, onReconnect, troubleshoot }: HealthTabProps) {
  const { id } = integration;
  const [range, setRange] = useState<HealthRange>('24h');
  const [asking, setAsking] = useState(false);
  const health = useOperation(
    getIntegrationHealth,
    { id, range },
    { keepPrevious: true, refetchInterval: refreshMs },
  );
  const work = useTroubleshooter(id);
  const target: ActionTarget = {
    integrationId: id,
    credentials,
    integration,
    provider,
    onTestNetwork: () => work.run('network'),
    running: work.running,
    onReconnect,
  };
  const { data, error } = health;
  if (!data) {
    return error ? (
      <Card>
        <ErrorState error={error} onRetry={() => void health.refetch()} />
      </Card>
    ) : (
      <div className={classes.skeleton} aria-busy>
        <Skeleton height={300} radius="lg" />
        <Skeleton height={200} radius="lg" />
      </div>
    );
  }
  return (
    <>
      <div className={classes.bar}>
        <FilterChips
          label="Time"
          value={range}
          onChange={setRange}
          chips={healthRanges.map((value) => ({ value, label: rangeWords[value] }))}
        />
        <span className={classes.buttons}>
          <LockedAction permission="integration.write" reason={lockedReasons.write}>
            <Button size="xs" variant="default" leftSection={<PlugZap aria-hidden />} onClick={onReconnect}>
              Reconnect
            </Button>
          </LockedAction>
          <Switch integration={integration} />
          <Button
            size="xs"
            variant="default"
            leftSection={<LifeBuoy aria-hidden />}
            onClick={() => setAsking(true)}
          >
            Contact support
          </Button>
        </span>
      </div>
      {asking && (
        <SupportDialog integration={integration} provider={provider} onClose={() => setAsking(false)} />
      )}
      <div className={classes.columns}>
        <div className={classes.column}>
          <Card title="Response time and failures" description={rangeWords[range]}>
            <HealthChart range={range} series={data.series} />
          </Card>
          <HealthErrors health={data} target={target} />
          <Troubleshooter work={work} target={target} atOnce={troubleshoot} />
        </div>
        <div className={classes.column}>
          <AgainstNormal health={data} />
          <UptimeCard health={data} />
        </div>
      </div>
    </>
  );
}
