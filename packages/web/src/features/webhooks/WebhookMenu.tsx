import { ActionIcon, Menu } from '@mantine/core';
import type { Webhook } from '@trunkline/contract/webhooks';
import { Copy, Ellipsis, PanelRightOpen, Pause, Pencil, Play, ScrollText, Send, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { LockedAction } from '../../components/LockedAction.tsx';
import { copyText } from '../../lib/copy-text.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { toApiError } from '../../lib/api-error.ts';
import { useCan } from '../../lib/session.ts';
import { MenuLink } from './ButtonLink.tsx';
import { DeleteWebhookDialog } from './DeleteWebhookDialog.tsx';
import { TestDialog } from './TestDialog.tsx';
import { lockedReasons } from './reasons.ts';
import { usePause } from './use-pause.ts';

/** What can be done with a webhook, behind its row's menu button. */
export function WebhookMenu({ webhook }: { webhook: Webhook }) {
  const [dialog, setDialog] = useState<'test' | 'delete' | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => setDialog(null);
  const mayReadLogs = useCan('log.read');
  const pause = usePause(webhook);
  const isPaused = webhook.status === 'paused';
  const page = `/webhooks/${webhook.id}`;

  function open(next: 'test' | 'delete'): void {
    // The dialog gives the focus back to what had it, and the menu item is gone by then.
    button.current?.focus();
    setDialog(next);
  }

  async function copyUrl(): Promise<void> {
    try {
      await copyText(webhook.url);
      notifyDone('URL copied');
    } catch (thrown) {
      notifyError(toApiError(thrown));
    }
  }

  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon ref={button} aria-label={`Actions for ${webhook.name}`}>
            <Ellipsis aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuLink href={page} leftSection={<PanelRightOpen aria-hidden />}>
            Open
          </MenuLink>
          <LockedAction permission="webhook.write" reason={lockedReasons.write}>
            <MenuLink href={`${page}/edit`} leftSection={<Pencil aria-hidden />}>
              Edit
            </MenuLink>
          </LockedAction>
          <LockedAction permission="webhook.test" reason={lockedReasons.test}>
            <Menu.Item leftSection={<Send aria-hidden />} onClick={() => open('test')}>
              Send test
            </Menu.Item>
          </LockedAction>
          {mayReadLogs && (
            <MenuLink href={`/logs?webhook=${webhook.id}`} leftSection={<ScrollText aria-hidden />}>
              View logs
            </MenuLink>
          )}
          {webhook.status !== 'disabled' && (
            <LockedAction permission="webhook.write" reason={lockedReasons.write}>
              <Menu.Item
                leftSection={isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
                onClick={() => void pause(!isPaused)}
              >
                {isPaused ? 'Resume deliveries' : 'Pause deliveries'}
              </Menu.Item>
            </LockedAction>
          )}
          <Menu.Item leftSection={<Copy aria-hidden />} onClick={() => void copyUrl()}>
            Copy URL
          </Menu.Item>
          <Menu.Divider />
          <LockedAction permission="webhook.delete" reason={lockedReasons.delete}>
            <Menu.Item data-danger leftSection={<Trash2 aria-hidden />} onClick={() => open('delete')}>
              Delete
            </Menu.Item>
          </LockedAction>
        </Menu.Dropdown>
      </Menu>
      <TestDialog webhook={webhook} opened={dialog === 'test'} onClose={close} />
      <DeleteWebhookDialog webhook={webhook} opened={dialog === 'delete'} onClose={close} />
    </>
  );
}
