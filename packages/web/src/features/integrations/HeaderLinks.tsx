import { Button, Menu } from '@mantine/core';
import type { Permission } from '@trunkline/contract/permissions';
import { ArrowLeftRight, BellRing, ClipboardCheck, ScrollText, Settings, Webhook } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { isFramed } from '../../lib/frame.ts';
import { useCan } from '../../lib/session.ts';
import { ButtonLink, MenuLink } from '../webhooks/ButtonLink.tsx';

interface Place {
  label: string;
  href: string;
  icon: LucideIcon;
  permission: Permission;
}

/** Where what holds for all integrations is set; what is set for one of them is on its own page. */
const places: Place[] = [
  { label: 'Alert rules and channels', href: '/alerts/settings', icon: BellRing, permission: 'alert.read' },
  {
    label: 'Primaries and backups',
    href: '/failover',
    icon: ArrowLeftRight,
    permission: 'failover.read',
  },
  {
    label: 'Verification schedule',
    href: '/verification',
    icon: ClipboardCheck,
    permission: 'integration.read',
  },
  { label: 'API and webhooks', href: '/integrations?tab=api', icon: Webhook, permission: 'integration.read' },
];

function PlaceLink({ place: { label, href, icon: Icon, permission } }: { place: Place }) {
  if (!useCan(permission)) return null;
  return (
    <MenuLink href={href} leftSection={<Icon size={16} aria-hidden />}>
      {label}
    </MenuLink>
  );
}

/** From the integrations to their logs, and to the settings that hold for all of them (DASH-4). */
export function HeaderLinks() {
  const mayReadLogs = useCan('log.read');
  if (isFramed) return null;
  return (
    <>
      {mayReadLogs && (
        <ButtonLink variant="default" leftSection={<ScrollText aria-hidden />} href="/logs">
          View logs
        </ButtonLink>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<Settings aria-hidden />}>
            Settings
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {places.map((place) => (
            <PlaceLink key={place.href} place={place} />
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
