import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { updateIntegration } from '@trunkline/contract/integrations';
import type { Integration } from '@trunkline/contract/integrations';
import { useEffect, useRef, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { putIntegration } from '../integrations/integration-cache.ts';
import classes from './IntegrationPage.module.css';

export interface RenameFormProps {
  integration: Pick<Integration, 'id' | 'name'>;
  onClose: () => void;
}

/** The name of an integration, changed where it stands. Enter saves, Escape leaves it as it was. */
export function RenameForm({ integration, onClose }: RenameFormProps) {
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(integration.name);
  const save = useOperationMutation(updateIntegration, {
    onSuccess: (saved) => {
      void putIntegration(client, saved);
      onClose();
    },
  });
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

  const isEmpty = name.trim() === '';
  return (
    <form
      className={classes.rename}
      onSubmit={(event) => {
        event.preventDefault();
        if (isEmpty || save.isPending) return;
        if (name.trim() === integration.name) onClose();
        else save.mutate({ id: integration.id, name: name.trim() });
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <TextInput
        ref={input}
        aria-label="Name of the integration"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={isEmpty ? 'Give it a name' : (save.error?.detail ?? null)}
      />
      <BusyButton type="submit" busy={save.isPending}>
        Save
      </BusyButton>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
    </form>
  );
}
