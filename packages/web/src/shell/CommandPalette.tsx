import { Modal, useMantineColorScheme } from '@mantine/core';
import { listWebhooks } from '@trunkline/contract/webhooks';
import { useRouter } from '@tanstack/react-router';
import { LogOut, Plus, Search, SunMoon, Webhook } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useOperation } from '../lib/api.ts';
import { useSession } from '../lib/session.ts';
import { findCommands } from './commands.ts';
import type { Command } from './commands.ts';
import { visibleNavigation } from './navigation.ts';
import { signOutHere } from './sign-out.ts';
import classes from './CommandPalette.module.css';

function useCommands(opened: boolean): Command[] {
  const { permissions } = useSession();
  const router = useRouter();
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const webhooks = useOperation(
    listWebhooks,
    {},
    { enabled: opened && permissions.includes('webhook.read') },
  );
  const go = (href: string) => () => router.history.push(href);

  const pages = visibleNavigation(permissions)
    .flatMap((group) => group.items)
    .map((item): Command => ({
      group: 'Go to',
      label: item.label,
      icon: item.icon,
      keywords: item.keywords ?? '',
      run: item.external ? () => void window.open(item.href, '_blank', 'noreferrer') : go(item.href),
    }));
  const endpoints = (webhooks.data?.data ?? []).map((webhook): Command => ({
    group: 'Webhooks',
    label: webhook.name,
    hint: webhook.url,
    icon: Webhook,
    keywords: '',
    run: go(`/webhooks/${webhook.id}`),
  }));
  const actions: Command[] = [
    ...(permissions.includes('webhook.write')
      ? [
          {
            group: 'Do',
            label: 'New webhook',
            icon: Plus,
            keywords: 'add create endpoint',
            run: go('/webhooks/new'),
          },
        ]
      : []),
    {
      group: 'Do',
      label: colorScheme === 'dark' ? 'Use the light theme' : 'Use the dark theme',
      icon: SunMoon,
      keywords: 'theme dark light mode',
      run: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
    },
    {
      group: 'Do',
      label: 'Sign out',
      icon: LogOut,
      keywords: 'log out leave',
      run: () => void signOutHere(),
    },
  ];
  return [...pages, ...endpoints, ...actions];
}

/** Search over pages, webhooks and actions: arrows choose, Enter goes. */
export function CommandPalette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const found = findCommands(useCommands(opened), text);
  const chosen = Math.min(at, Math.max(0, found.length - 1));

  useEffect(() => {
    if (!opened) return;
    setText('');
    setAt(0);
  }, [opened]);
  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, chosen]);

  function run(command: Command | undefined): void {
    if (!command) return;
    onClose();
    command.run();
  }

  function onKey(event: KeyboardEvent): void {
    const moves: Record<string, number> = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAt((next + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[chosen]);
    }
  }

  return (
    <Modal.Root opened={opened} onClose={onClose} size={560} yOffset="12vh" centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label="Search" className={classes.content}>
        <Modal.Body className={classes.body}>
          <div className={classes.field}>
            <Search size={17} aria-hidden />
            <input
              className={classes.input}
              data-autofocus
              type="text"
              role="combobox"
              aria-label="Search pages, webhooks and actions"
              aria-expanded
              aria-controls={`${id}-list`}
              aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined}
              autoComplete="off"
              spellCheck={false}
              placeholder="Search pages, webhooks and actions"
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value);
                setAt(0);
              }}
              onKeyDown={onKey}
            />
          </div>
          <div className={classes.list} id={`${id}-list`} role="listbox" aria-label="Results" tabIndex={-1}>
            {found.map((command, index) => {
              const Icon = command.icon;
              const startsGroup = found[index - 1]?.group !== command.group;
              return (
                <div key={`${command.group} ${command.label} ${index}`} role="presentation">
                  {startsGroup && (
                    <div className={classes.group} role="presentation">
                      {command.group}
                    </div>
                  )}
                  <button
                    type="button"
                    tabIndex={-1}
                    id={`${id}-${index}`}
                    role="option"
                    aria-selected={index === chosen}
                    className={classes.option}
                    onMouseMove={() => setAt(index)}
                    onClick={() => run(command)}
                  >
                    <Icon aria-hidden />
                    <span className={classes.label}>{command.label}</span>
                    <span className={classes.hint}>{command.hint}</span>
                  </button>
                </div>
              );
            })}
          </div>
          {found.length === 0 && (
            <p className={classes.none} role="status">
              Nothing matches “{text}”.
            </p>
          )}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
