import { Button } from '@mantine/core';
import { fetchExchangeFiles, listExchangeFiles } from '@trunkline/contract/exchange';
import type { ExchangeDirection, ExchangeFile } from '@trunkline/contract/exchange';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { Files, FolderDown, Plus, Upload } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FilterChips } from '../../components/FilterChips.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { usePagedOperation, useOperationMutation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { FileDialog } from './FileDialog.tsx';
import { LayoutsCard } from './LayoutsCard.tsx';
import { NewFileDialog } from './NewFileDialog.tsx';
import { UploadDialog } from './UploadDialog.tsx';
import { badgeOf, kindWords, sizeWords } from './exchange-words.ts';
import { isWritten } from './new-file.ts';
import classes from './Exchange.module.css';

const columns: Column<ExchangeFile>[] = [
  {
    key: 'name',
    header: 'File',
    rowHeader: true,
    cell: (file) => (
      <CellText
        primary={<span className={classes.name}>{file.name}</span>}
        secondary={`${kindWords[file.kind]} · ${sizeWords(file.bytes)}${file.test ? ' · Test' : ''}`}
      />
    ),
  },
  {
    key: 'direction',
    header: 'Direction',
    width: '120px',
    cell: (file) => (file.direction === 'outgoing' ? 'To partner' : 'From partner'),
  },
  {
    key: 'state',
    header: 'State',
    width: '170px',
    cell: (file) => <StatusBadge plain status={file.erased ? 'erased' : badgeOf(file)} />,
  },
  { key: 'who', header: 'By', width: '150px', cell: (file) => file.createdBy },
  { key: 'when', header: 'When', width: '120px', cell: (file) => <RelativeTime at={file.createdAt} /> },
];

type Filter = ExchangeDirection | 'all';
type Opened = 'new' | 'upload' | { file: ExchangeFile } | null;

/** What the last look into the partner's folder has brought. */
function FetchResult({ fetch }: { fetch: ReturnType<typeof useFetch> }) {
  if (fetch.error) {
    return (
      <Notice tone="error" role="alert" title="The partner’s folder could not be read">
        {fetch.error.detail}
      </Notice>
    );
  }
  if (!fetch.data) return null;
  const { data, skipped, more } = fetch.data;
  return (
    <Notice
      tone={skipped > 0 ? 'degraded' : 'active'}
      role="status"
      title={data.length === 0 ? 'Nothing new is there' : `${countOf(data.length, 'file', 'files')} came`}
    >
      {skipped > 0 && `${countOf(skipped, 'file is', 'files are')} too large to be taken. `}
      {more && 'More are there: fetch again.'}
    </Notice>
  );
}

function useFetch() {
  return useOperationMutation(fetchExchangeFiles, { invalidates: [listExchangeFiles] });
}

/** The files that go to and come from a partner (CAT-4): written, checked, sent, fetched, read and erased here. */
export function FilesTab({ integration }: { integration: IntegrationDetail }) {
  const { id, provider } = integration;
  const [filter, setFilter] = useState<Filter>('all');
  const [opened, setOpened] = useState<Opened>(null);
  const files = usePagedOperation(
    listExchangeFiles,
    { integrationId: id, ...(filter === 'all' ? {} : { direction: filter }) },
    { keepPrevious: true },
  );
  const fetch = useFetch();
  const transport = files.first?.transport ?? 'manual';
  const kinds = (files.first?.kinds ?? []).filter(isWritten);
  const bySftp = transport === 'sftp';
  const close = () => setOpened(null);
  const show = (file: ExchangeFile) => setOpened({ file });

  const create = kinds.length > 0 && (
    <LockedAction permission="exchange.write" reason={lockedReasons.files}>
      <Button leftSection={<Plus aria-hidden />} onClick={() => setOpened('new')}>
        Create file
      </Button>
    </LockedAction>
  );
  const upload = (
    <LockedAction permission="exchange.write" reason={lockedReasons.files}>
      <Button variant="default" leftSection={<Upload aria-hidden />} onClick={() => setOpened('upload')}>
        Upload
      </Button>
    </LockedAction>
  );

  return (
    <Stack>
      <Card
        flush
        title="Files"
        description={
          files.first === undefined
            ? `To and from ${provider.name}`
            : bySftp
              ? `To and from ${provider.name}, by SFTP. Nothing is sent or fetched by itself.`
              : `To and from ${provider.name}. A person carries them: download a file, bring it there, and upload what comes back.`
        }
        actions={
          <div className={classes.actions}>
            {bySftp && (
              <LockedAction permission="exchange.write" reason={lockedReasons.files}>
                <BusyButton
                  variant="default"
                  leftSection={<FolderDown aria-hidden />}
                  busy={fetch.isPending}
                  onClick={() => fetch.mutate({ integrationId: id })}
                >
                  Fetch from partner
                </BusyButton>
              </LockedAction>
            )}
            {upload}
            {create}
          </div>
        }
      >
        {(fetch.data || fetch.error) && (
          <div className={classes.notice}>
            <FetchResult fetch={fetch} />
          </div>
        )}
        <div className={classes.filter}>
          <FilterChips<Filter>
            label="Direction"
            value={filter}
            onChange={setFilter}
            chips={[
              { value: 'all', label: 'All' },
              { value: 'outgoing', label: 'To partner' },
              { value: 'incoming', label: 'From partner' },
            ]}
          />
        </div>
        <DataTable
          caption="Files to and from the partner"
          columns={columns}
          rows={files.rows}
          rowKey={(file) => file.id}
          isPending={files.isPending}
          error={files.error}
          onRetry={files.refetch}
          onOpen={show}
          current={opened !== null && typeof opened === 'object' ? opened.file.id : null}
          hasMore={files.hasMore}
          isLoadingMore={files.isLoadingMore}
          onLoadMore={files.loadMore}
          empty={
            <EmptyState
              icon={Files}
              title={filter === 'all' ? 'No files yet' : 'No files in this direction'}
              {...(filter === 'all' && kinds.length > 0 ? { actions: create } : {})}
            >
              {kinds.length > 0
                ? 'Create one from your rows, or of made-up people to see what it looks like. Files hold personal data and are stored encrypted.'
                : `No format of ${provider.name} is written here. Upload what you exchange with it, to have it in one place.`}
            </EmptyState>
          }
        />
      </Card>
      {kinds.some((kind) => kind !== 'enrollment') && <LayoutsCard integrationId={id} />}
      <NewFileDialog
        opened={opened === 'new'}
        integrationId={id}
        kinds={kinds}
        onCreated={show}
        onClose={close}
      />
      <UploadDialog
        opened={opened === 'upload'}
        integrationId={id}
        kinds={kinds}
        onStored={show}
        onClose={close}
      />
      <FileDialog
        file={
          opened !== null && typeof opened === 'object'
            ? (files.rows.find((row) => row.id === opened.file.id) ?? opened.file)
            : null
        }
        transport={transport}
        onClose={close}
      />
    </Stack>
  );
}
