import { Textarea } from '@mantine/core';
import { getApiKey, updateApiKey } from '@trunkline/contract/api-keys';
import type { ApiKey } from '@trunkline/contract/api-keys';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { readNetworkList } from './networks.ts';

/** From where the organization's own key may be used (KEY-4). */
export function NetworksDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const [text, setText] = useState(apiKey.networks.join('\n'));
  const update = useOperationMutation(updateApiKey, { invalidates: [getApiKey] });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title="From where may the API key be used?"
      confirmLabel="Save"
      onConfirm={async () => {
        await update.mutateAsync({ id: apiKey.id, networks: readNetworkList(text) });
        notifyDone('The allowed addresses are saved');
      }}
    >
      <Stack>
        <p>
          Requests from elsewhere are refused with 403 at once. People who are signed in are not affected.
        </p>
        <Textarea
          label="Allowed addresses"
          description="One a line: an address or a network, such as 203.0.113.0/24 or 2001:db8::/32. Empty: everywhere."
          autosize
          minRows={3}
          maxRows={10}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          spellCheck={false}
          data-autofocus
        />
      </Stack>
    </ConfirmDialog>
  );
}
