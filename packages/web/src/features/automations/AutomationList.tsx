import { ActionIcon, Menu } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import {
  deleteAutomation,
  listAutomationRuns,
  listAutomations,
  retryDeadRuns,
  updateAutomation,
} from '@trunkline/contract/automations';
import type { Automation, AutomationRunStatus } from '@trunkline/contract/automations';
import { capabilities } from '@trunkline/contract/capabilities';
import type { OutputOf } from '@trunkline/contract/operation';
import { Ellipsis, ListTree, Pencil, RotateCw, Trash2, Workflow } from 'lucide-react';
import { useState } from 'react';
import { Card } from '../../components/Card.tsx';
import { CellText } from '../../components/CellText.tsx';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { DataTable } from '../../components/DataTable.tsx';
import type { Column } from '../../components/DataTable.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { Toggle } from '../../components/Toggle.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { formatNumber } from '../../lib/format.ts';
import { ButtonLink, MenuLink } from '../webhooks/ButtonLink.tsx';
import { EventChips } from '../webhooks/EventChips.tsx';
import { conditionWords, dailyWords, mayNotEdit } from './automation-words.ts';
import classes from './Automations.module.css';

type OnRuns = (automationId: string, status?: AutomationRunStatus) => void;

function WhenCell({ trigger }: { trigger: Automation['trigger'] }) {
  if (trigger.kind === 'daily') return <span className={classes.when}>{dailyWords(trigger)}</span>;
  const conditions = conditionWords(trigger.conditions);
  return (
    <span className={classes.when}>
      <EventChips events={trigger.events} limit={2} />
      {conditions && <span className={classes.condition}>{conditions}</span>}
    </span>
  );
}

function StandingCell({ automation }: { automation: Automation }) {
  const { enabled, problem, waiting } = automation;
  const status = !enabled ? 'disabled' : problem ? 'degraded' : 'active';
  return (
    <CellText
      primary={<StatusBadge status={status} {...(status === 'disabled' && { label: 'Off' })} />}
      secondary={(enabled && problem) || (waiting > 0 ? `${formatNumber(waiting)} under way` : '')}
    />
  );
}

function AutomationMenu({ automation, onRuns }: { automation: Automation; onRuns: OnRuns }) {
  const [deleting, setDeleting] = useState(false);
  const remove = useOperationMutation(deleteAutomation, { invalidates: [listAutomations] });
  const retry = useOperationMutation(retryDeadRuns, {
    invalidates: [listAutomations, listAutomationRuns],
  });
  const { id, name, deadLettered } = automation;
  return (
    <>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={`More for ${name}`}>
            <Ellipsis aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuLink href={`/automations/${id}`} leftSection={<Pencil aria-hidden />}>
            Edit
          </MenuLink>
          <Menu.Item leftSection={<ListTree aria-hidden />} onClick={() => onRuns(id)}>
            Runs
          </Menu.Item>
          {deadLettered > 0 && (
            <LockedAction permission="automation.write" reason={mayNotEdit}>
              <Menu.Item leftSection={<RotateCw aria-hidden />} onClick={() => retry.mutate({ id })}>
                Retry dead letters
              </Menu.Item>
            </LockedAction>
          )}
          <LockedAction permission="automation.write" reason={mayNotEdit}>
            <Menu.Item color="red" leftSection={<Trash2 aria-hidden />} onClick={() => setDeleting(true)}>
              Delete
            </Menu.Item>
          </LockedAction>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete “${name}”?`}
        confirmLabel="Delete automation"
        danger
        onConfirm={() => remove.mutateAsync({ id })}
      >
        <p>Runs that have begun go on. What has not begun is cancelled. The history stays.</p>
      </ConfirmDialog>
    </>
  );
}

function SwitchCell({ automation }: { automation: Automation }) {
  const update = useOperationMutation(updateAutomation, { invalidates: [listAutomations] });
  const { id, name, enabled } = automation;
  return (
    <Toggle
      label={`${name} on`}
      checked={enabled}
      onChange={(next) => update.mutateAsync({ id, enabled: next })}
      permission="automation.write"
      lockedReason={mayNotEdit}
    />
  );
}

function DeadCell({ automation, onRuns }: { automation: Automation; onRuns: OnRuns }) {
  if (automation.deadLettered === 0) return <span className={classes.number}>0</span>;
  return (
    <button
      type="button"
      className={classes.dead}
      onClick={() => onRuns(automation.id, 'dead_lettered')}
      aria-label={`${automation.deadLettered} dead letters of ${automation.name}`}
    >
      {formatNumber(automation.deadLettered)}
    </button>
  );
}

const columnsOf = (onRuns: OnRuns): Column<Automation>[] => [
  {
    key: 'name',
    header: 'Automation',
    rowHeader: true,
    cell: ({ name, steps }) => (
      <CellText
        primary={name}
        secondary={steps.map(({ capability }) => capabilities[capability].label).join(' → ')}
      />
    ),
    compare: (a, b) => a.name.localeCompare(b.name),
  },
  { key: 'when', header: 'When', narrow: 'full', cell: ({ trigger }) => <WhenCell trigger={trigger} /> },
  { key: 'state', header: 'State', cell: (automation) => <StandingCell automation={automation} /> },
  {
    key: 'done',
    header: 'Done, 30 d',
    align: 'end',
    cell: ({ succeeded30d }) => <span className={classes.number}>{formatNumber(succeeded30d)}</span>,
    compare: (a, b) => a.succeeded30d - b.succeeded30d,
  },
  {
    key: 'dead',
    header: 'Dead letters',
    align: 'end',
    cell: (automation) => <DeadCell automation={automation} onRuns={onRuns} />,
    compare: (a, b) => a.deadLettered - b.deadLettered,
  },
  {
    key: 'last',
    header: 'Last run',
    cell: ({ lastRunAt }) => <RelativeTime at={lastRunAt} empty="None yet" />,
  },
  { key: 'on', header: 'On', cell: (automation) => <SwitchCell automation={automation} /> },
  {
    key: 'menu',
    header: 'Actions',
    hideHeader: true,
    align: 'end',
    narrow: 'corner',
    cell: (automation) => <AutomationMenu automation={automation} onRuns={onRuns} />,
  },
];

/** All automations, with what needs attention in sight. */
export function AutomationList({
  automations,
  onRuns,
}: {
  automations: UseQueryResult<OutputOf<typeof listAutomations>, ApiError>;
  onRuns: OnRuns;
}) {
  return (
    <Card flush>
      <DataTable
        caption="Automations"
        columns={columnsOf(onRuns)}
        rows={automations.data?.data ?? []}
        rowKey={({ id }) => id}
        href={({ id }) => `/automations/${id}`}
        first
        isPending={automations.isPending}
        error={automations.error}
        onRetry={() => void automations.refetch()}
        empty={
          <EmptyState
            icon={Workflow}
            title="Nothing happens by itself yet"
            actions={
              <ButtonLink href="/automations?tab=templates" variant="default">
                See the templates
              </ButtonLink>
            }
          >
            An automation posts in a chat, writes an email or makes a calendar event when an event comes.
          </EmptyState>
        }
      />
    </Card>
  );
}
