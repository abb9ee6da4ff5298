import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { listProviders } from '@trunkline/contract/catalog';
import { deleteCustomProvider } from '@trunkline/contract/custom-providers';
import { Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '../../../components/ConfirmDialog.tsx';
import { LockedAction } from '../../../components/LockedAction.tsx';
import { Row } from '../../../components/Stack.tsx';
import { callOperation, invalidateOperations } from '../../../lib/api.ts';
import { notifyDone } from '../../../lib/notify.ts';
import { lockedReasons } from '../reasons.ts';

export interface CustomProviderActionsProps {
  provider: { slug: string; name: string };
  onEdit: () => void;
  onRemoved: () => void;
}

/** Changes a provider that the organization added itself, or takes it out of the catalog. */
export function CustomProviderActions({ provider, onEdit, onRemoved }: CustomProviderActionsProps) {
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  return (
    <Row>
      <LockedAction permission="provider.write" reason={lockedReasons.custom}>
        <Button size="xs" variant="default" leftSection={<Pencil aria-hidden />} onClick={onEdit}>
          Edit definition
        </Button>
      </LockedAction>
      <LockedAction permission="provider.write" reason={lockedReasons.custom}>
        <Button
          size="xs"
          variant="default"
          leftSection={<Trash2 aria-hidden />}
          onClick={() => setAsking(true)}
        >
          Remove
        </Button>
      </LockedAction>
      <ConfirmDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={`Remove “${provider.name}” from the catalog?`}
        confirmLabel="Remove provider"
        danger
        onConfirm={async () => {
          await callOperation(deleteCustomProvider, { slug: provider.slug });
          onRemoved();
          await invalidateOperations(client, [listProviders]);
          notifyDone('Provider removed', provider.name);
        }}
      >
        <p>Nobody can connect it any more. It must not be in use: disconnect its integrations first.</p>
      </ConfirmDialog>
    </Row>
  );
}
