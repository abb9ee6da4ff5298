import { useNavigate, useSearch } from '@tanstack/react-router';
import { listAutomations } from '@trunkline/contract/automations';
import { Plus } from 'lucide-react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { useOperation } from '../../lib/api.ts';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { AutomationList } from './AutomationList.tsx';
import { AutomationRuns } from './AutomationRuns.tsx';
import { AutomationTemplates } from './AutomationTemplates.tsx';
import { mayNotEdit } from './automation-words.ts';
import type { AutomationTab, AutomationsSearch } from './automations-search.ts';

/** `/automations`: what happens by itself, every run of it, and what to begin with. */
export function AutomationsPage() {
  const search: AutomationsSearch = useSearch({ from: '/shell/automations' });
  const navigate = useNavigate();
  const automations = useOperation(listAutomations, {});
  const go = (next: AutomationsSearch, replace = true): void => {
    void navigate({ to: '/automations', search: next, replace, resetScroll: false });
  };
  const rows = automations.data?.data ?? [];
  const dead = rows.reduce((sum, { deadLettered }) => sum + deadLettered, 0);
  return (
    <>
      <PageHeader
        title="Automations"
        live
        subtitle="When an event comes, do something through your integrations."
        actions={
          <LockedAction permission="automation.write" reason={mayNotEdit}>
            <ButtonLink href="/automations/new" leftSection={<Plus aria-hidden />}>
              New automation
            </ButtonLink>
          </LockedAction>
        }
      />
      <SegmentedTabs<AutomationTab>
        page
        label="Automations"
        value={search.tab ?? 'automations'}
        onChange={(tab) => go(tab === 'automations' ? {} : { tab }, false)}
        tabs={[
          {
            value: 'automations',
            label: 'Automations',
            ...(automations.data && { count: rows.length }),
            content: (
              <AutomationList
                automations={automations}
                onRuns={(automation, status) =>
                  go({ tab: 'runs', automation, ...(status && { status }) }, false)
                }
              />
            ),
          },
          {
            value: 'runs',
            label: dead > 0 ? 'Runs, dead letters' : 'Runs',
            ...(dead > 0 && { count: dead }),
            content: <AutomationRuns search={search} automations={rows} onGo={go} />,
          },
          { value: 'templates', label: 'Templates', content: <AutomationTemplates /> },
        ]}
      />
    </>
  );
}
