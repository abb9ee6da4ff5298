import { Button } from '@mantine/core';
import { getLogEntry } from '@trunkline/contract/logs';
import type { LogEntry } from '@trunkline/contract/logs';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { callOperation, useOperation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { LevelBadge } from './LevelBadge.tsx';
import { detailLabel, detailValue, formatStamp, sourceWords } from './log-words.ts';
import classes from './LogList.module.css';

/** Where in the code it went wrong; read when it is asked for. */
function StackTrace({ id }: { id: string }) {
  const [opened, setOpened] = useState(false);
  const entry = useOperation(getLogEntry, { id }, { enabled: opened, staleTime: Infinity });
  if (!opened) {
    return (
      <Button variant="default" size="xs" onClick={() => setOpened(true)}>
        View full
      </Button>
    );
  }
  if (entry.error) return <span>{entry.error.detail}</span>;
  return (
    <pre className={classes.stack} tabIndex={0} aria-label="Stack trace">
      {entry.data?.stack ?? 'Loading…'}
    </pre>
  );
}

function Detail({ entry, withOwner }: { entry: LogEntry; withOwner: boolean }) {
  const { integration, webhook, error, details } = entry;
  const { host, ...others } = details;
  return (
    <div className={classes.detail}>
      <KeyValueList
        items={[
          { label: 'Time', value: formatAbsolute(entry.at) },
          {
            label: 'Integration',
            value: withOwner && integration && (
              <AppLink href={`/integrations/${integration.id}`}>{integration.name || integration.id}</AppLink>
            ),
          },
          {
            label: 'Webhook',
            value: withOwner && webhook && (
              <AppLink href={`/webhooks/${webhook.id}`}>{webhook.name || webhook.id}</AppLink>
            ),
          },
          { label: 'Host', value: typeof host === 'string' && <span className="mono">{host}</span> },
          {
            label: 'Error',
            value: error && (
              <>
                {error.code !== null && <span className="mono">{error.code}</span>} {error.message}
              </>
            ),
          },
          ...Object.entries(others).map(([name, value]) => ({
            label: detailLabel(name),
            value: value === null ? null : detailValue(name, value),
          })),
          { label: 'Stack trace', value: entry.hasStack && <StackTrace id={entry.id} /> },
          { label: 'Event', value: <span className="mono">{entry.event}</span> },
        ].map(({ label, value }) => ({ label, value: value === false ? null : value }))}
      />
      <CopyButton
        withLabel
        label="Copy as JSON"
        value={async () => JSON.stringify(await callOperation(getLogEntry, { id: entry.id }), null, 2)}
      />
    </div>
  );
}

export interface LogRowProps {
  entry: LogEntry;
  /** Whose line it is; left out where all are of one. */
  withOwner: boolean;
  /** It has just come. */
  isNew?: boolean;
}

/** One line, which opens in place to its details. */
export function LogRow({ entry, withOwner, isNew }: LogRowProps) {
  const [opened, setOpened] = useState(false);
  const owner = entry.integration ?? entry.webhook;
  return (
    <li className={classes.item} data-level={entry.level} data-new={isNew || undefined}>
      <div className={classes.row}>
        <span className={classes.time}>{formatStamp(entry.at)}</span>
        <LevelBadge level={entry.level} />
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          <ChevronRight size={16} aria-hidden className={classes.chevron} />
          <span className={classes.message}>{entry.message}</span>
        </button>
        <span className={classes.owner}>
          {withOwner && owner ? owner.name || 'Deleted' : sourceWords[entry.source]}
        </span>
      </div>
      {opened && <Detail entry={entry} withOwner={withOwner} />}
    </li>
  );
}
