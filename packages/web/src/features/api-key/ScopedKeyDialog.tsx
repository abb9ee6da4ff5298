import { Checkbox, Select, TextInput, Textarea } from '@mantine/core';
import { apiKeyScopes, scopeDescriptions } from '@trunkline/contract/api-key-scopes';
import type { ApiKeyScope } from '@trunkline/contract/api-key-scopes';
import { createApiKey, listApiKeys, updateApiKey } from '@trunkline/contract/api-keys';
import type { ScopedKey } from '@trunkline/contract/api-keys';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { readNetworkList } from './networks.ts';
import classes from './ApiKeyPage.module.css';

const dayMs = 86_400_000;
const keep = 'keep';
const lifetimes = [
  { value: 'never', label: 'No end' },
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
];

/** When a key ends that lasts for so many days from now; null: never. */
function endOf(lifetime: string): string | null {
  return lifetime === 'never' ? null : new Date(Date.now() + Number(lifetime) * dayMs).toISOString();
}

export interface ScopedKeyDialogProps {
  /** The key to change; null makes a new one. */
  scopedKey: ScopedKey | null;
  onClose: () => void;
  /** With the whole new key. */
  onMade: (key: string) => void;
}

/** Name, scopes, end and addresses of a scoped key (KEY-1, KEY-4). */
export function ScopedKeyDialog({ scopedKey, onClose, onMade }: ScopedKeyDialogProps) {
  const [name, setName] = useState(scopedKey?.name ?? '');
  const [scopes, setScopes] = useState<string[]>(scopedKey?.scopes ?? ['read']);
  const [networks, setNetworks] = useState(scopedKey?.networks.join('\n') ?? '');
  const [lifetime, setLifetime] = useState(scopedKey ? keep : 'never');
  const create = useOperationMutation(createApiKey, { invalidates: [listApiKeys] });
  const update = useOperationMutation(updateApiKey, { invalidates: [listApiKeys] });

  async function save(): Promise<void> {
    const input = {
      name,
      scopes: apiKeyScopes.filter((scope): scope is ApiKeyScope => scopes.includes(scope)),
      networks: readNetworkList(networks),
    };
    if (scopedKey) {
      await update.mutateAsync({
        id: scopedKey.id,
        ...input,
        ...(lifetime === keep ? {} : { expiresAt: endOf(lifetime) }),
      });
    } else {
      const { key } = await create.mutateAsync({ ...input, expiresAt: endOf(lifetime) });
      onMade(key);
    }
  }

  const current = scopedKey?.expiresAt ?? null;
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={scopedKey ? `Change “${scopedKey.name}”` : 'New scoped key'}
      confirmLabel={scopedKey ? 'Save' : 'Make key'}
      onConfirm={save}
    >
      <Stack>
        <TextInput
          label="Name"
          description="The program that uses it."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={60}
          required
          data-autofocus
        />
        <Checkbox.Group label="Scopes" description="What it may do." value={scopes} onChange={setScopes}>
          <div className={classes.scopes}>
            {apiKeyScopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} description={scopeDescriptions[scope]} />
            ))}
          </div>
        </Checkbox.Group>
        <Select
          label="Ends"
          value={lifetime}
          onChange={(value) => setLifetime(value ?? 'never')}
          allowDeselect={false}
          data={[
            ...(scopedKey
              ? [
                  {
                    value: keep,
                    label: current === null ? 'As it is: no end' : `As it is: ${formatAbsolute(current)}`,
                  },
                ]
              : []),
            ...lifetimes,
          ]}
        />
        <Textarea
          label="Allowed addresses"
          description="One a line: an address or a network, such as 203.0.113.0/24 or 2001:db8::/32. Empty: everywhere."
          autosize
          minRows={2}
          maxRows={8}
          value={networks}
          onChange={(event) => setNetworks(event.currentTarget.value)}
          spellCheck={false}
        />
      </Stack>
    </ConfirmDialog>
  );
}
