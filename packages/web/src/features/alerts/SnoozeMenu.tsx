import { ActionIcon, Menu } from '@mantine/core';
import type { Alert } from '@trunkline/contract/alerts';
import { BellOff, BellRing } from 'lucide-react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { useCan } from '../../lib/session.ts';
import { mayNotAct, useAlertActs } from './use-alert-acts.ts';

const spans = [
  { minutes: 60, label: 'For an hour' },
  { minutes: 480, label: 'For 8 hours' },
  { minutes: 1_440, label: 'For a day' },
  { minutes: 10_080, label: 'For a week' },
];

/** The bell of an alert: nobody is told of it for a while. */
export function SnoozeMenu({ alert }: { alert: Alert }) {
  const { snooze } = useAlertActs();
  const set = (minutes: number, scope: 'alert' | 'subject'): void =>
    snooze.mutate({ ids: [alert.id], minutes, scope });
  const snoozed = alert.snoozedUntil !== null;
  return (
    <LockedMenu label={snoozed ? `Snoozed: ${alert.title}` : `Snooze: ${alert.title}`} snoozed={snoozed}>
      {snoozed && (
        <>
          <Menu.Item leftSection={<BellRing size={15} aria-hidden />} onClick={() => set(0, 'alert')}>
            End the snooze
          </Menu.Item>
          <Menu.Divider />
        </>
      )}
      <Menu.Label>Tell nobody of this alert</Menu.Label>
      {spans.map(({ minutes, label }) => (
        <Menu.Item key={minutes} onClick={() => set(minutes, 'alert')}>
          {label}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item onClick={() => set(1_440, 'subject')}>
        Everything about {alert.subject.name} for a day
      </Menu.Item>
    </LockedMenu>
  );
}

function LockedMenu({
  label,
  snoozed,
  children,
}: {
  label: string;
  snoozed: boolean;
  children: React.ReactNode;
}) {
  const bell = (
    <ActionIcon aria-label={label} variant={snoozed ? 'light' : 'subtle'}>
      {snoozed ? <BellRing aria-hidden /> : <BellOff aria-hidden />}
    </ActionIcon>
  );
  // The menu hands its press to what is directly inside its target, so that the lock stands in place of the menu.
  if (!useCan('alert.write')) {
    return (
      <LockedAction permission="alert.write" reason={mayNotAct}>
        {bell}
      </LockedAction>
    );
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>{bell}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
