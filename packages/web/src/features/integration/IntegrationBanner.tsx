import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { ExternalLink, KeyRound, PlugZap, Power, ShieldPlus, SlidersHorizontal, Trash2 } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { useFocusKept } from '../../lib/keep-focus.ts';
import { notifyError } from '../../lib/notify.ts';
import { ProblemNotice } from '../integrations/CheckSteps.tsx';
import { switchIntegration } from '../integrations/integration-cache.ts';
import { neverConnected } from '../integrations/never-connected.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { partHref } from './integration-search.ts';
import type { IntegrationSearch } from './integration-search.ts';
import { remediesFor, remedyWords } from './remedies.ts';
import type { Mendable, Remedy } from './remedies.ts';
import classes from './IntegrationPage.module.css';

const icons: Record<Remedy, LucideIcon> = {
  switchOn: Power,
  connect: PlugZap,
  reconnect: PlugZap,
  permission: ShieldPlus,
  credentials: KeyRound,
  app: KeyRound,
  settings: SlidersHorizontal,
  limits: SlidersHorizontal,
  statusPage: ExternalLink,
  test: PlugZap,
};

/** Remedies that are a part of this page. */
const parts: Partial<Record<Remedy, IntegrationSearch>> = {
  permission: { tab: 'permissions', edit: true },
  credentials: { tab: 'credentials', edit: true },
  app: { tab: 'permissions' },
  settings: { tab: 'settings' },
  limits: { tab: 'settings' },
};

/** Remedies that everybody may look at. */
const open: readonly Remedy[] = ['app', 'settings', 'limits'];

interface RemedyButtonProps {
  remedy: Remedy;
  first: boolean;
  integration: IntegrationDetail;
  testing: boolean;
  onTest: () => void;
  onReconnect: () => void;
}

function RemedyButton({ remedy, first, integration, testing, onTest, onReconnect }: RemedyButtonProps) {
  const client = useQueryClient();
  const [switching, setSwitching] = useState(false);
  const Icon = icons[remedy];
  const look = { size: 'xs', leftSection: <Icon aria-hidden />, ...(first ? {} : { variant: 'default' }) };
  const words = remedyWords[remedy];

  async function switchOn(): Promise<void> {
    setSwitching(true);
    try {
      await switchIntegration(client, integration.id, true);
    } catch (thrown) {
      notifyError(toApiError(thrown));
    } finally {
      setSwitching(false);
    }
  }

  if (remedy === 'statusPage') {
    return (
      <Button
        {...look}
        component="a"
        href={integration.provider.statusPageUrl ?? ''}
        target="_blank"
        rel="noreferrer"
      >
        {words}
        <span className="visually-hidden">(opens in a new tab)</span>
      </Button>
    );
  }
  const part = parts[remedy];
  if (part) {
    const link = (
      <ButtonLink {...look} href={partHref(integration.id, part)}>
        {words}
      </ButtonLink>
    );
    if (open.includes(remedy)) return link;
    return (
      <LockedAction permission="integration.write" reason={lockedReasons.write}>
        {link}
      </LockedAction>
    );
  }
  const acts: Partial<Record<Remedy, { busy: boolean; run: () => void }>> = {
    switchOn: { busy: switching, run: () => void switchOn() },
    test: { busy: testing, run: onTest },
  };
  const act = acts[remedy] ?? { busy: false, run: onReconnect };
  return (
    <LockedAction permission="integration.write" reason={lockedReasons.write}>
      <BusyButton {...look} busy={act.busy} onClick={act.run}>
        {words}
      </BusyButton>
    </LockedAction>
  );
}

export interface IntegrationBannerProps extends Omit<RemedyButtonProps, 'remedy' | 'first'> {
  has: Mendable;
  /** Which part of the page is open: what it shows itself is not said twice. */
  part: IntegrationSearch['tab'];
  onRemove: () => void;
}

/** What is wrong with an integration, why, and what mends it, as buttons. Nothing while all is well. */
export function IntegrationBanner({ has, part, onRemove, ...act }: IntegrationBannerProps) {
  const { integration } = act;
  const { status, problem, next, provider } = integration;
  const actions = remediesFor(integration, has).map((remedy, index) => (
    <RemedyButton key={remedy} remedy={remedy} first={index === 0} {...act} />
  ));
  const waits = next !== null && part !== 'credentials';
  if (actions.length === 0 && !waits) return null;
  return (
    <Section>
      {status === 'disabled' && (
        <Notice tone="disabled" title="Switched off" actions={actions}>
          Nothing is called and nothing is checked. Its settings and credentials stay as they are.
        </Notice>
      )}
      {status === 'pending' && (
        <Notice
          tone="degraded"
          title="Not connected yet"
          actions={
            neverConnected(integration) ? (
              <>
                {actions}
                <LockedAction permission="integration.write" reason={lockedReasons.write}>
                  <Button size="xs" variant="default" leftSection={<Trash2 aria-hidden />} onClick={onRemove}>
                    Remove
                  </Button>
                </LockedAction>
              </>
            ) : (
              actions
            )
          }
        >
          {neverConnected(integration)
            ? `It was begun, and ${provider.name} has not allowed access so far.`
            : `Its access at ${provider.name} was ended.`}
        </Notice>
      )}
      {problem && status !== 'disabled' && status !== 'pending' && (
        <ProblemNotice
          problem={problem}
          tone={status === 'degraded' ? 'degraded' : 'error'}
          actions={actions}
        />
      )}
      {waits && (
        <Notice
          tone="degraded"
          title="New credentials wait"
          actions={
            <ButtonLink size="xs" variant="default" href={partHref(integration.id, { tab: 'credentials' })}>
              Look at them
            </ButtonLink>
          }
        >
          They have not passed their test. Until they do, those in use stay in use.
        </Notice>
      )}
    </Section>
  );
}

/** A named part of the page; the focus moves to the heading when it goes. */
function Section({ children }: { children: ReactNode }) {
  const part = useRef<HTMLElement>(null);
  useFocusKept(part);
  return (
    <section ref={part} className={classes.banner} aria-label="State of this integration">
      {children}
    </section>
  );
}
