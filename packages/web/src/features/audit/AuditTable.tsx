import { Button } from '@mantine/core';
import type { AuditRecord } from '@trunkline/contract/audit';
import { AppWindow, Bot, ChevronRight, KeyRound, User } from 'lucide-react';
import { Fragment, useState } from 'react';
import { CopyButton } from '../../components/CopyButton.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { RelativeTime } from '../../components/RelativeTime.tsx';
import { Stack } from '../../components/Stack.tsx';
import { formatAbsolute, formatNumber } from '../../lib/format.ts';
import { actionText, changesSummary, fieldText, targetKind, valueText } from './audit-words.ts';
import classes from './AuditTable.module.css';

const actorIcons = { user: User, api_key: KeyRound, portal: AppWindow, system: Bot };

function ValueCell({ value }: { value: unknown }) {
  const isBig = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isBig) return <pre className={classes.json}>{JSON.stringify(value, null, 2)}</pre>;
  const isNone = value === null || value === undefined || value === '';
  return <span className={isNone ? classes.none : undefined}>{valueText(value)}</span>;
}

function Changes({ record }: { record: AuditRecord }) {
  const entries = Object.entries(record.changes);
  if (entries.length === 0) return <p className={classes.quiet}>Nothing was changed by this.</p>;
  return (
    <table className={classes.changes}>
      <caption className="visually-hidden">Changes of record {record.sequence}</caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(([name, { before, after }]) => (
          <tr key={name}>
            <th scope="row">{fieldText(name)}</th>
            <td data-side="before">
              <ValueCell value={before} />
            </td>
            <td data-side="after">
              <ValueCell value={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Detail({ record, onTarget }: { record: AuditRecord; onTarget: ((id: string) => void) | null }) {
  const { context, target } = record;
  return (
    <div className={classes.detail}>
      <Changes record={record} />
      <KeyValueList
        items={[
          { label: 'Time', value: formatAbsolute(record.occurredAt) },
          { label: 'IP address', value: context.ip ?? 'None: it came from inside' },
          { label: 'User agent', value: context.userAgent },
          {
            label: 'Request id',
            value: context.requestId && <span className="mono">{context.requestId}</span>,
          },
          {
            label: 'Target id',
            value: target.id && (
              <span className={classes.hash}>
                <span className="mono">{target.id}</span>
                {onTarget && (
                  <Button variant="subtle" size="compact-xs" onClick={() => onTarget(target.id ?? '')}>
                    Show all of it
                  </Button>
                )}
              </span>
            ),
          },
          {
            label: 'Record',
            value: (
              <>
                {formatNumber(record.sequence)} · <span className="mono">{record.action}</span>
              </>
            ),
          },
          {
            label: 'Hash',
            value: (
              <span className={classes.hash}>
                <span className="mono">{record.hash}</span>
                <CopyButton label="Copy hash" value={record.hash} />
              </span>
            ),
          },
        ]}
      />
    </div>
  );
}

export interface AuditTableProps {
  records: readonly AuditRecord[];
  /** Narrows the log to one target; without it, that is done or not offered. */
  onTarget?: ((id: string) => void) | null;
}

/** Records as rows that open in place to their difference and origin. */
export function AuditTable({ records, onTarget = null }: AuditTableProps) {
  const [openIds, setOpenIds] = useState<ReadonlySet<string>>(new Set());

  function toggle(id: string): void {
    const next = new Set(openIds);
    if (!next.delete(id)) next.add(id);
    setOpenIds(next);
  }

  return (
    <div className={classes.wrap}>
      <table className={classes.table}>
        <caption className="visually-hidden">Audit log</caption>
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col">Actor</th>
            <th scope="col">Target</th>
            <th scope="col">Changes</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => {
            const opened = openIds.has(record.id);
            const Icon = actorIcons[record.actor.type];
            const summary = changesSummary(record.changes);
            return (
              <Fragment key={record.id}>
                <tr className={classes.row} data-open={opened || undefined}>
                  <th scope="row">
                    <button
                      type="button"
                      className={classes.toggle}
                      aria-expanded={opened}
                      aria-controls={`record-${record.sequence}`}
                      onClick={() => toggle(record.id)}
                    >
                      <ChevronRight size={16} aria-hidden className={classes.chevron} />
                      {actionText(record.action)}
                    </button>
                  </th>
                  <td data-label="Actor">
                    <span className={classes.actor}>
                      <Icon size={14} aria-hidden /> {record.actor.name}
                    </span>
                  </td>
                  <td data-label="Target">
                    <span className={classes.primary}>{record.target.name ?? targetKind(record.target)}</span>
                    {record.target.name !== null && (
                      <span className={classes.secondary}>{targetKind(record.target)}</span>
                    )}
                  </td>
                  <td data-label="Changes" data-empty={summary === '' || undefined}>
                    <span className={classes.summary}>{summary || '–'}</span>
                  </td>
                  <td data-label="Time" className={classes.time}>
                    <RelativeTime at={record.occurredAt} />
                  </td>
                </tr>
                {opened && (
                  <tr className={classes.open} id={`record-${record.sequence}`}>
                    <td colSpan={5}>
                      <Stack>
                        <Detail record={record} onTarget={onTarget} />
                      </Stack>
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
