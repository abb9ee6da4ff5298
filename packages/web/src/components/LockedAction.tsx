import { Tooltip } from '@mantine/core';
import type { Permission } from '@trunkline/contract/permissions';
import { Lock } from 'lucide-react';
import { cloneElement } from 'react';
import type { MouseEvent, ReactElement } from 'react';
import { isFramed } from '../lib/frame.ts';
import { useCan } from '../lib/session.ts';

export interface LockedActionProps {
  permission: Permission;
  /** Who may, as a sentence: `Only a system administrator deletes webhooks.` */
  reason: string;
  /** A Button, ActionIcon, Menu.Item or similar with `onClick`. */
  children: ReactElement<Record<string, unknown>>;
}

/**
 * The control as it is for those who may; for others a lock that stays reachable by keyboard and says why.
 */
export function LockedAction({ permission, reason, children }: LockedActionProps) {
  const may = useCan(permission);
  if (may) return children;
  const locked = cloneElement(children, {
    'aria-disabled': true,
    'data-locked': true,
    type: 'button',
    href: undefined,
    onClick: (event: MouseEvent) => {
      event.preventDefault();
      event.stopPropagation();
    },
    ...('leftSection' in children.props ? { leftSection: <Lock aria-hidden /> } : {}),
  });
  return (
    <Tooltip
      label={isFramed ? 'This page does not include it.' : reason}
      events={{ hover: true, focus: true, touch: true }}
    >
      {locked}
    </Tooltip>
  );
}
