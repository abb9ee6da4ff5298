import { Textarea } from '@mantine/core';
import { getPortalSettings, listPortalTokens, updatePortalSettings } from '@trunkline/contract/portal';
import { useState } from 'react';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';
import { Stack } from '../../components/Stack.tsx';
import { ApiError, toApiError } from '../../lib/api-error.ts';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { originProblem, readOriginList } from './origins.ts';

/** Changes which pages may show the portal. */
export function OriginsDialog({ origins, onClose }: { origins: readonly string[]; onClose: () => void }) {
  const [text, setText] = useState(origins.join('\n'));
  const save = useOperationMutation(updatePortalSettings, {
    invalidates: [getPortalSettings, listPortalTokens],
  });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title="Which pages may show the portal?"
      confirmLabel="Save"
      onConfirm={async () => {
        const listed = readOriginList(text);
        try {
          await save.mutateAsync({ origins: listed });
        } catch (thrown) {
          const error = toApiError(thrown);
          const { code, requestId } = error;
          throw new ApiError({ code, detail: originProblem(error, listed), requestId });
        }
        notifyDone('The allowed origins are saved');
      }}
    >
      <Stack>
        <p>
          An origin is scheme, host and port. Sessions on a page that you take away end at once; without any
          origin the portal is off.
        </p>
        <Textarea
          label="Allowed origins"
          description="One a line, such as https://app.example.com. Each host counts by itself."
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
