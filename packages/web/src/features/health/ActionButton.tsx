import { Button } from '@mantine/core';
import type { ProviderDetail } from '@trunkline/contract/catalog';
import type { SuggestedAction } from '@trunkline/contract/health';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import {
  BadgeCheck,
  ExternalLink,
  Gauge,
  KeyRound,
  LifeBuoy,
  Network,
  PlugZap,
  Replace,
  ScrollText,
  ShieldAlert,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { triggerFailover } from '@trunkline/contract/failover';
import { getIntegration, listIntegrations } from '@trunkline/contract/integrations';
import { useState } from 'react';
import type { ComponentType } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { partHref } from '../integration/integration-search.ts';
import type { IntegrationSearch } from '../integration/integration-search.ts';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { FirewallDialog } from './FirewallDialog.tsx';
import { SupportDialog } from './SupportDialog.tsx';

type Key = SuggestedAction['key'];

const icons: Record<Key, LucideIcon> = {
  status_page: ExternalLink,
  verify_key: KeyRound,
  test_network: Network,
  check_firewall: ShieldAlert,
  view_logs: ScrollText,
  switch_backup: Replace,
  lower_rate: Gauge,
  renew_certificate: BadgeCheck,
  reconnect: PlugZap,
  contact_support: LifeBuoy,
};

export interface ActionTarget {
  integrationId: string;
  /** Where its credentials are; null when it has none of its own. */
  credentials: IntegrationSearch | null;
  integration: IntegrationDetail;
  provider: ProviderDetail;
  /** Tries the way to the provider alone. */
  onTestNetwork: () => void;
  running: boolean;
  onReconnect: () => void;
}

function Firewall({ action, target, onClose }: DialogProps) {
  return <FirewallDialog integrationId={target.integrationId} opens={action.opens} onClose={onClose} />;
}

function Support({ target, onClose }: DialogProps) {
  return <SupportDialog integration={target.integration} provider={target.provider} onClose={onClose} />;
}

interface DialogProps {
  action: SuggestedAction;
  target: ActionTarget;
  onClose: () => void;
}

/** What is done in a dialog. */
const dialogs: Partial<Record<Key, ComponentType<DialogProps>>> = {
  check_firewall: Firewall,
  contact_support: Support,
};

/** A suggested action as a button that does it, or goes where it is done. */
export function ActionButton({ action, target }: { action: SuggestedAction; target: ActionTarget }) {
  const { integrationId, credentials, onTestNetwork, running, onReconnect } = target;
  const { key, label, link } = action;
  const [opened, setOpened] = useState(false);
  const switching = useOperationMutation(triggerFailover, {
    invalidates: [getIntegration, listIntegrations],
    onSuccess: () => notifyDone('Calls go through the backup now.'),
    onError: notifyError,
  });
  const Icon = icons[key];
  const look = { size: 'xs', variant: 'default', leftSection: <Icon aria-hidden /> } as const;
  if (link !== null) {
    return (
      <Button {...look} component="a" href={link} target="_blank" rel="noreferrer">
        {label}
        <span className="visually-hidden">(opens in a new tab)</span>
      </Button>
    );
  }
  const Dialog = dialogs[key];
  if (Dialog !== undefined) {
    return (
      <>
        <Button {...look} onClick={() => setOpened(true)}>
          {label}
        </Button>
        {opened && <Dialog action={action} target={target} onClose={() => setOpened(false)} />}
      </>
    );
  }
  const goes: Partial<Record<Key, IntegrationSearch | null>> = {
    verify_key: credentials,
    lower_rate: { tab: 'settings' },
    view_logs: { tab: 'logs', level: 'error,warn' },
  };
  const place = goes[key];
  if (place) {
    return (
      <ButtonLink {...look} href={partHref(integrationId, place)}>
        {label}
      </ButtonLink>
    );
  }
  const acts: Partial<Record<Key, () => void>> = {
    test_network: onTestNetwork,
    reconnect: onReconnect,
    switch_backup: () => {
      if (!switching.isPending) switching.mutate({ integrationId });
    },
  };
  const act = acts[key];
  if (act === undefined) return null;
  return (
    <LockedAction
      permission={key === 'switch_backup' ? 'failover.write' : 'integration.write'}
      reason={lockedReasons.write}
    >
      <BusyButton
        {...look}
        busy={key === 'test_network' ? running : key === 'switch_backup' && switching.isPending}
        onClick={act}
      >
        {label}
      </BusyButton>
    </LockedAction>
  );
}
