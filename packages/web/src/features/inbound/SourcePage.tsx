import { Button, Skeleton } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { getProvider } from '@trunkline/contract/catalog';
import { genericProvider, getInboundSource, listInboundMessages } from '@trunkline/contract/inbound';
import type { InboundSource } from '@trunkline/contract/inbound';
import { ArrowDownToLine, CircleX, SearchX, ShieldX, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { Card } from '../../components/Card.tsx';
import { Counters } from '../../components/Counters.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { ErrorState } from '../../components/ErrorState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Notice } from '../../components/Notice.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { ProviderLogo } from '../../components/ProviderLogo.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { useOperation } from '../../lib/api.ts';
import { useNow } from '../../lib/clock.ts';
import { countOf, formatAbsolute } from '../../lib/format.ts';
import { Fold } from '../integrations/connect/Fold.tsx';
import { SetupSteps } from '../integrations/connect/SetupSteps.tsx';
import { ButtonLink } from '../webhooks/ButtonLink.tsx';
import { AddressField } from './AddressField.tsx';
import { DeleteSourceDialog } from './DeleteSourceDialog.tsx';
import { EventSwitches } from './EventSwitches.tsx';
import { KeyCard } from './KeyCard.tsx';
import { RefusalNotice } from './RefusalNotice.tsx';
import { ReprocessButton } from './ReprocessButton.tsx';
import { SourceSettings } from './SourceSettings.tsx';
import { SourceToggle } from './SourceToggle.tsx';
import { entrySteps } from './entry-steps.ts';
import { inboundHref } from './inbound-search.ts';
import { messageColumns } from './message-columns.tsx';
import { lockedReasons } from './reasons.ts';
import { providerWords, refusalWords, standingOf } from './source-words.ts';
import classes from './inbound.module.css';

const back = { href: '/inbound', label: 'Inbound webhooks' };
const minuteMs = 60_000;

/** What went wrong at a source and what to do about it, above everything else. */
function Problems({ source }: { source: InboundSource }) {
  const { id, failed } = source;
  return (
    <div className={classes.problems}>
      <RefusalNotice source={source} />
      {failed > 0 && (
        <Notice
          tone="degraded"
          title={`${countOf(failed, 'webhook', 'webhooks')} could not be processed`}
          actions={
            <>
              <ReprocessButton what={{ sourceId: id, state: 'failed' }} />
              <ButtonLink
                size="xs"
                variant="default"
                href={inboundHref({ tab: 'received', source: id, state: 'failed' })}
              >
                Look at them
              </ButtonLink>
            </>
          }
        >
          They are kept. Nothing is lost, and events that were made already are not sent twice.
        </Notice>
      )}
    </div>
  );
}

function Numbers({ source }: { source: InboundSource }) {
  const { received24h, refused24h, failed, lastEventType, lastRefusal } = source;
  const why = lastRefusal && refusalWords(source, lastRefusal.reason, lastRefusal.address).title;
  return (
    <Counters
      label="Webhooks of this source"
      value=""
      onChange={() => {}}
      counters={[
        {
          label: 'Received, 24 h',
          icon: ArrowDownToLine,
          count: received24h,
          note: lastEventType ? `Last: ${lastEventType}` : 'None yet',
        },
        {
          label: 'Refused, 24 h',
          icon: ShieldX,
          count: refused24h,
          ...(refused24h > 0 ? { tone: 'error', note: why } : { note: 'None' }),
        },
        {
          label: 'Failed',
          icon: CircleX,
          count: failed,
          ...(failed > 0 ? { tone: 'error', note: 'Kept, to be processed again' } : { note: 'None' }),
        },
      ]}
    />
  );
}

function Latest({ source }: { source: InboundSource }) {
  const latest = useOperation(listInboundMessages, { sourceId: source.id, limit: 5 });
  const navigate = useNavigate();
  return (
    <Card
      title="Latest"
      flush
      actions={
        <ButtonLink variant="default" href={inboundHref({ tab: 'received', source: source.id })}>
          All received
        </ButtonLink>
      }
    >
      <DataTable
        caption="Latest webhooks"
        columns={messageColumns(true)}
        rows={latest.data?.data ?? []}
        rowKey={({ id }) => id}
        isPending={latest.isPending}
        error={latest.error}
        onRetry={() => void latest.refetch()}
        onOpen={(message) =>
          void navigate({
            to: '/inbound',
            search: { tab: 'received', source: source.id, message: message.id },
          })
        }
        empty={
          <EmptyState icon={ArrowDownToLine} title="Waiting for the first webhook">
            It appears here as soon as it has come.
          </EmptyState>
        }
      />
    </Card>
  );
}

function Loaded({ source }: { source: InboundSource }) {
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const isGeneric = source.provider === genericProvider;
  const provider = useOperation(getProvider, { slug: source.provider }, { enabled: !isGeneric });
  const { status, label } = standingOf(source, useNow(minuteMs));
  return (
    <>
      <PageHeader
        title={source.name}
        logo={<ProviderLogo slug={source.provider} name={providerWords(source)} size={48} />}
        badge={<StatusBadge status={status} label={label} />}
        back={back}
        live
        subtitle={
          <span className={classes.facts}>
            <span>{providerWords(source)}</span>
            {source.integrationId !== null && (
              <AppLink href={`/integrations/${source.integrationId}?tab=settings`}>Its integration</AppLink>
            )}
            <span>
              Last received <RelativeTime at={source.lastReceivedAt} empty="never" />
            </span>
          </span>
        }
        actions={
          <>
            <span className={classes.toggle}>
              <SourceToggle source={source} withLabel />
            </span>
            <LockedAction permission="inbound.delete" reason={lockedReasons.delete}>
              <Button
                variant="default"
                leftSection={<Trash2 aria-hidden />}
                onClick={() => setDeleting(true)}
              >
                Delete
              </Button>
            </LockedAction>
          </>
        }
      />
      <Problems source={source} />
      <Numbers source={source} />
      <div className={classes.columns}>
        <Stack>
          <Card title={isGeneric ? 'At the sender' : `At ${source.providerName}`}>
            <Stack gap={12}>
              <AddressField source={source} />
              {source.handshake && <p className={classes.text}>{source.handshake}</p>}
              <Fold title={`How to enter it ${isGeneric ? 'at the sender' : `at ${source.providerName}`}`}>
                <SetupSteps steps={entrySteps(source, provider.data?.inbound ?? null)} />
              </Fold>
            </Stack>
          </Card>
          <Card
            title="Events"
            {...(source.switches.length > 0 && {
              description: 'What is switched off is kept, but not passed on. Each switch acts at once.',
            })}
          >
            <EventSwitches source={source} />
          </Card>
          <Latest source={source} />
        </Stack>
        <Stack>
          <KeyCard source={source} />
          <SourceSettings source={source} />
          <p className={classes.quiet}>
            Created by {source.createdBy}, {formatAbsolute(source.createdAt)}
          </p>
        </Stack>
      </div>
      <DeleteSourceDialog
        source={source}
        opened={deleting}
        onClose={() => setDeleting(false)}
        onDeleted={() => void navigate({ to: '/inbound' })}
      />
    </>
  );
}

/** `/inbound/$sourceId`: one source with everything that can be done with it. */
export function SourcePage() {
  const { sourceId } = useParams({ from: '/shell/inbound/$sourceId' });
  const source = useOperation(getInboundSource, { id: sourceId });
  // An id that cannot be one is as missing as one that nobody has.
  if (source.error && ['not_found', 'invalid_input'].includes(source.error.code)) {
    return (
      <>
        <PageHeader title="Source not found" back={back} />
        <Card>
          <EmptyState
            icon={SearchX}
            title="There is no source at this address"
            actions={<ButtonLink href="/inbound">All sources</ButtonLink>}
          >
            It was deleted, or the link is incomplete.
          </EmptyState>
        </Card>
      </>
    );
  }
  if (source.data) return <Loaded key={sourceId} source={source.data} />;
  return (
    <>
      <PageHeader title="Source" back={back} live />
      {source.error ? (
        <Card>
          <ErrorState error={source.error} onRetry={() => void source.refetch()} />
        </Card>
      ) : (
        <div className={classes.skeleton} aria-busy>
          <Skeleton height={96} radius="lg" />
          <Skeleton height={320} radius="lg" />
        </div>
      )}
    </>
  );
}
