import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { listProviders } from '@trunkline/contract/catalog';
import { listIntegrations } from '@trunkline/contract/integrations';
import { Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCan } from '../../lib/session.ts';
import { track } from '../../lib/track.ts';
import { CheckAllButton } from '../health/CheckAll.tsx';
import { AvailableTab } from './AvailableTab.tsx';
import { ConnectedTab } from './ConnectedTab.tsx';
import { DeveloperTab } from './DeveloperTab.tsx';
import { HeaderLinks } from './HeaderLinks.tsx';
import { ConnectDialog } from './connect/ConnectDialog.tsx';
import { CustomProviderDialog } from './custom/CustomProviderDialog.tsx';
import type { CustomProviderDialogProps } from './custom/CustomProviderDialog.tsx';
import { changedSearch } from './integrations-search.ts';
import { lockedReasons } from './reasons.ts';
import { TemplateDialog } from './templates/TemplateDialog.tsx';

/** What the organization is connected to, what it can connect, and the ways in for programs (DASH-6, S17 17.1). */
export function IntegrationsPage() {
  const search = useSearch({ from: '/shell/integrations' });
  const navigate = useNavigate({ from: '/integrations' });
  const connected = useOperation(listIntegrations, { limit: 1 });
  const catalog = useOperation(listProviders, {});
  const mayUseApi = useCan('api_key.read');
  const tab = search.tab === 'api' && !mayUseApi ? 'connected' : (search.tab ?? 'connected');
  const words = search.q ?? '';
  const [custom, setCustom] = useState<CustomProviderDialogProps['subject']>(null);

  /** `replace`: no step of its own in the history, for what changes with every key. */
  function change(to: Parameters<typeof changedSearch>[1], replace = false): void {
    void navigate({ search: (before) => changedSearch(before, to), replace });
  }
  const total = connected.data?.counts.total;
  const available = catalog.data?.counts.available;
  const seen = useRef(false);
  useEffect(() => {
    if (seen.current || total === undefined || available === undefined) return;
    seen.current = true;
    track({
      event: 'integration_dashboard_viewed',
      properties: { connected_count: total, available_count: available },
    });
  }, [total, available]);

  return (
    <>
      <PageHeader
        title="Integrations"
        live
        actions={
          <>
            <HeaderLinks />
            {total !== undefined && total > 0 && <CheckAllButton />}
            <LockedAction permission="integration.write" reason={lockedReasons.write}>
              <Button leftSection={<Plus aria-hidden />} onClick={() => change({ tab: 'available' })}>
                Add integration
              </Button>
            </LockedAction>
          </>
        }
      />
      <SegmentedTabs
        page
        label="Integrations"
        value={tab}
        onChange={(next) => change({ tab: next })}
        tabs={[
          {
            value: 'connected',
            label: 'Connected',
            ...(total === undefined ? {} : { count: total }),
            content: (
              <ConnectedTab
                view={search.view ?? 'all'}
                words={words}
                onView={(view) => change({ view, ...(view === 'all' ? { q: undefined } : {}) })}
                sort={search.sort}
                onWords={(q) => change({ q }, true)}
                onSort={(sort) => change({ sort }, true)}
                onBrowse={() => change({ tab: 'available' })}
              />
            ),
          },
          {
            value: 'available',
            label: 'Available',
            ...(available === undefined ? {} : { count: available }),
            content: (
              <AvailableTab
                words={words}
                category={search.category ?? null}
                state={search.state ?? 'all'}
                onWords={(q) => change({ q }, true)}
                onCategory={(category) => change({ category: category ?? undefined })}
                onState={(state) => change({ state })}
                onOpen={(provider) => change({ provider })}
                onTemplate={(template) => change({ template })}
                onCustom={() => setCustom('new')}
                onReset={() => change({ q: undefined, category: undefined, state: 'all' })}
              />
            ),
          },
          ...(mayUseApi
            ? [{ value: 'api' as const, label: 'API & Webhooks', content: <DeveloperTab /> }]
            : []),
        ]}
      />
      <ConnectDialog
        slug={search.provider ?? null}
        onEdit={(slug) => {
          change({ provider: undefined }, true);
          setCustom({ slug });
        }}
        onClose={() => change({ provider: undefined }, true)}
      />
      <TemplateDialog
        slug={search.template ?? null}
        onConnect={(provider) => change({ template: undefined, provider })}
        onClose={() => change({ template: undefined }, true)}
      />
      <CustomProviderDialog
        subject={custom}
        onSaved={(provider) => {
          setCustom(null);
          change({ provider });
        }}
        onClose={() => setCustom(null)}
      />
    </>
  );
}
