import { Button } from '@mantine/core';
import type { EventType } from '@trunkline/contract/events';
import type { Webhook } from '@trunkline/contract/webhooks';
import { ChevronRight, Pencil, Trash2 } from 'lucide-react';
import { useId } from 'react';
import { AppLink } from '../../components/AppLink.tsx';
import { CodeBlock } from '../../components/CodeBlock.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { schemaRows } from './schema-rows.ts';
import classes from './EventItem.module.css';

const mayNotChange = 'Viewers read the catalog; an administrator changes it.';

/** Text with `code` between backticks. */
function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}

function PropertyTable({ type }: { type: EventType }) {
  const rows = schemaRows(type.schema);
  if (rows.length === 0) {
    return <p className={classes.quiet}>The schema names no properties: any JSON object fits.</p>;
  }
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={`Properties of ${type.name}`}>
      <table className={classes.table}>
        <caption className="visually-hidden">Properties of {type.name}</caption>
        <thead>
          <tr>
            <th scope="col">Property</th>
            <th scope="col">Type</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.path}>
              <th scope="row" style={{ paddingInlineStart: 12 + row.depth * 14 }}>
                <span className="mono">{row.path}</span>
              </th>
              <td>
                {row.type}
                {!row.required && <span className={classes.optional}> optional</span>}
              </td>
              <td>{withCode(row.meaning)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export interface EventItemProps {
  type: EventType;
  opened: boolean;
  onToggle: () => void;
  /** Webhooks that subscribe to it; undefined while unknown. */
  users: Webhook[] | undefined;
  onEdit: () => void;
  onDelete: () => void;
}

/** One event of the catalog: name and description, and on demand its properties and an example. */
export function EventItem({ type, opened, onToggle, users, onEdit, onDelete }: EventItemProps) {
  const id = useId();
  return (
    <li className={classes.item}>
      <h3 className={classes.head}>
        <button
          type="button"
          className={classes.toggle}
          aria-expanded={opened}
          aria-controls={id}
          onClick={onToggle}
        >
          <ChevronRight size={16} aria-hidden className={classes.chevron} />
          <span className={classes.name}>{type.name}</span>
          <span className={classes.description}>{withCode(type.description)}</span>
          {users && users.length > 0 && (
            <span className={classes.used}>
              {users.length} {users.length === 1 ? 'webhook' : 'webhooks'}
            </span>
          )}
        </button>
      </h3>
      {opened && (
        <div className={classes.detail} id={id}>
          <Stack gap={12}>
            {users && (
              <p className={classes.quiet}>
                {users.length === 0 ? 'No webhook subscribes to it yet.' : 'Goes to '}
                {users.map((webhook, index) => (
                  <span key={webhook.id}>
                    {index > 0 && ', '}
                    <AppLink href={`/webhooks/${webhook.id}`}>{webhook.name}</AppLink>
                  </span>
                ))}
              </p>
            )}
            <div className={classes.columns}>
              <PropertyTable type={type} />
              <CodeBlock label={`Example of ${type.name}`} value={type.example} />
            </div>
            {type.own && (
              <Row>
                <LockedAction permission="event_type.write" reason={mayNotChange}>
                  <Button size="xs" variant="default" leftSection={<Pencil aria-hidden />} onClick={onEdit}>
                    Edit
                  </Button>
                </LockedAction>
                <LockedAction permission="event_type.write" reason={mayNotChange}>
                  <Button size="xs" variant="default" leftSection={<Trash2 aria-hidden />} onClick={onDelete}>
                    Delete
                  </Button>
                </LockedAction>
              </Row>
            )}
          </Stack>
        </div>
      )}
    </li>
  );
}
