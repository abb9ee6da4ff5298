import {
  Ban,
  CircleCheck,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  Inbox,
  RefreshCw,
  RotateCw,
  TriangleAlert,
} from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import classes from './StatusBadge.module.css';

export type Tone = 'active' | 'degraded' | 'error' | 'syncing' | 'disabled';

interface Look {
  tone: Tone;
  icon: LucideIcon;
  label: string;
}

/** Every state that the product shows, always icon + word. */
const looks = {
  active: { tone: 'active', icon: CircleCheck, label: 'Active' },
  degraded: { tone: 'degraded', icon: TriangleAlert, label: 'Degraded' },
  failing: { tone: 'error', icon: CircleX, label: 'Failing' },
  error: { tone: 'error', icon: CircleX, label: 'Error' },
  syncing: { tone: 'syncing', icon: RefreshCw, label: 'Syncing' },
  disabled: { tone: 'disabled', icon: CirclePause, label: 'Disabled' },
  paused: { tone: 'degraded', icon: CirclePause, label: 'Paused' },
  deleted: { tone: 'disabled', icon: CircleX, label: 'Deleted' },
  success: { tone: 'active', icon: CircleCheck, label: 'Delivered' },
  pending: { tone: 'syncing', icon: Clock, label: 'Pending' },
  retrying: { tone: 'degraded', icon: RotateCw, label: 'Retrying' },
  held: { tone: 'disabled', icon: CirclePause, label: 'Held' },
  failed: { tone: 'error', icon: CircleX, label: 'Failed' },
  dlq: { tone: 'error', icon: Inbox, label: 'Dead letter' },
  // Bulk jobs.
  running: { tone: 'syncing', icon: RefreshCw, label: 'Running' },
  completed: { tone: 'active', icon: CircleCheck, label: 'Completed' },
  cancelled: { tone: 'disabled', icon: Ban, label: 'Cancelled' },
  // What became of an event at a webhook.
  delivered: { tone: 'active', icon: CircleCheck, label: 'Delivered' },
  waiting: { tone: 'syncing', icon: Clock, label: 'Waiting' },
  dead_lettered: { tone: 'error', icon: Inbox, label: 'Dead letter' },
  gave_up: { tone: 'error', icon: CircleX, label: 'Gave up' },
  not_sent: { tone: 'disabled', icon: CircleSlash, label: 'Not sent' },
  // Files to and from a partner.
  draft: { tone: 'degraded', icon: TriangleAlert, label: 'Draft' },
  ready: { tone: 'syncing', icon: CircleCheck, label: 'Ready' },
  sent: { tone: 'syncing', icon: Clock, label: 'Sent' },
  acknowledged: { tone: 'active', icon: CircleCheck, label: 'Acknowledged' },
  partly: { tone: 'degraded', icon: TriangleAlert, label: 'Taken with errors' },
  rejected: { tone: 'error', icon: CircleX, label: 'Rejected' },
  received: { tone: 'disabled', icon: Inbox, label: 'Received' },
  erased: { tone: 'disabled', icon: CircleSlash, label: 'Erased' },
} as const satisfies Record<string, Look>;

export type Status = keyof typeof looks;

export interface StatusBadgeProps {
  status: Status;
  /** Another word than the usual one. */
  label?: string;
  /** Without the tinted background, for dense rows. */
  plain?: boolean;
}

/** A state as icon and word; colour only repeats it. */
export function StatusBadge({ status, label, plain }: StatusBadgeProps) {
  const { tone, icon: Icon, label: usual } = looks[status];
  return (
    <span className={plain ? `${classes.badge} ${classes.plain}` : classes.badge} data-tone={tone}>
      <Icon aria-hidden />
      {label ?? usual}
    </span>
  );
}
