import { Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { listInboundSources } from '@trunkline/contract/inbound';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { SegmentedTabs } from '../../components/SegmentedTabs.tsx';
import { useOperation } from '../../lib/api.ts';
import { AddSourceDialog } from './AddSourceDialog.tsx';
import { ReceivedTab } from './ReceivedTab.tsx';
import { SourceList } from './SourceList.tsx';
import { SuppressedTab } from './SuppressedTab.tsx';
import type { InboundSearch, InboundTab } from './inbound-search.ts';
import { lockedReasons } from './reasons.ts';

/** `/inbound`: who sends webhooks here, what came in, and addresses that get no more mail because of it (IN-1 to IN-5). */
export function InboundPage() {
  const search: InboundSearch = useSearch({ from: '/shell/inbound' });
  const navigate = useNavigate();
  const sources = useOperation(listInboundSources, {});
  const [adding, setAdding] = useState(false);
  const rows = sources.data?.data ?? [];
  const go = (next: InboundSearch, replace = true): void => {
    void navigate({ to: '/inbound', search: next, replace, resetScroll: false });
  };
  return (
    <>
      <PageHeader
        title="Inbound webhooks"
        live
        subtitle="What providers send here, checked and turned into events."
        actions={
          <LockedAction permission="inbound.write" reason={lockedReasons.write}>
            <Button leftSection={<Plus aria-hidden />} onClick={() => setAdding(true)}>
              Add source
            </Button>
          </LockedAction>
        }
      />
      <SegmentedTabs<InboundTab>
        page
        label="Inbound webhooks"
        value={search.tab ?? 'sources'}
        onChange={(tab) => go(tab === 'sources' ? {} : { tab }, false)}
        tabs={[
          {
            value: 'sources',
            label: 'Sources',
            ...(sources.data && { count: rows.length }),
            content: <SourceList sources={sources} onAdd={() => setAdding(true)} />,
          },
          {
            value: 'received',
            label: 'Received',
            content: <ReceivedTab search={search} sources={rows} onGo={go} />,
          },
          {
            value: 'suppressed',
            label: 'Suppressed addresses',
            content: <SuppressedTab search={search} sources={rows} onGo={go} />,
          },
        ]}
      />
      <AddSourceDialog opened={adding} onClose={() => setAdding(false)} />
    </>
  );
}
