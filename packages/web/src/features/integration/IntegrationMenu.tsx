import { ActionIcon, Menu } from '@mantine/core';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { Ellipsis, ExternalLink, Unplug } from 'lucide-react';
import { useRef } from 'react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { neverConnected } from '../integrations/never-connected.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import classes from './IntegrationPage.module.css';

export interface IntegrationMenuProps {
  integration: IntegrationDetail;
  onDisconnect: () => void;
}

/** What is seldom done with an integration. */
export function IntegrationMenu({ integration, onDisconnect }: IntegrationMenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const { name, provider } = integration;
  const begun = neverConnected(integration);
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon
          ref={button}
          variant="default"
          size="var(--control-height)"
          aria-label={`More for ${name}`}
        >
          <Ellipsis aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {provider.statusPageUrl && (
          <Menu.Item
            component="a"
            className={classes.menuLink ?? ''}
            href={provider.statusPageUrl}
            target="_blank"
            rel="noreferrer"
            leftSection={<ExternalLink aria-hidden />}
          >
            Status page of {provider.name}
          </Menu.Item>
        )}
        {provider.statusPageUrl && <Menu.Divider />}
        <LockedAction
          permission={begun ? 'integration.write' : 'integration.disconnect'}
          reason={begun ? lockedReasons.write : lockedReasons.disconnect}
        >
          <Menu.Item
            data-danger
            leftSection={<Unplug aria-hidden />}
            onClick={() => {
              // The dialog gives the focus back to what had it, and the menu item is gone by then.
              button.current?.focus();
              onDisconnect();
            }}
          >
            {begun ? 'Remove' : 'Disconnect and remove'}
          </Menu.Item>
        </LockedAction>
      </Menu.Dropdown>
    </Menu>
  );
}
