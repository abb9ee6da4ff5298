import { Button, FileInput, Radio, Select } from '@mantine/core';
import { listExchangeFiles, maxExchangeFileBytes, uploadExchangeFile } from '@trunkline/contract/exchange';
import type { ExchangeDirection, ExchangeFile } from '@trunkline/contract/exchange';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Stack } from '../../components/Stack.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../components/StepDialog.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { kindWords } from './exchange-words.ts';
import { toBase64 } from './file-content.ts';
import type { WrittenKind } from './new-file.ts';

interface StepProps {
  integrationId: string;
  kinds: readonly WrittenKind[];
  onStored: (file: ExchangeFile) => void;
  onClose: () => void;
}

/** A name as files here may have it: other characters become dashes. */
function fileNameOf(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9 ._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return cleaned.slice(-120) || 'file';
}

function UploadStep({ integrationId, kinds, onStored, onClose }: StepProps) {
  const [direction, setDirection] = useState<ExchangeDirection>('incoming');
  const [kind, setKind] = useState<WrittenKind | 'other'>(kinds[0] ?? 'other');
  const [chosen, setChosen] = useState<File | null>(null);
  const [error, setError] = useState<string | null>(null);
  const store = useOperationMutation(uploadExchangeFile, {
    invalidates: [listExchangeFiles],
    onSuccess: onStored,
  });
  const isOwn = direction === 'outgoing';

  async function submit(): Promise<void> {
    if (chosen === null || chosen.size === 0) {
      setError(chosen === null ? 'Choose a file' : 'The file is empty');
      return;
    }
    if (chosen.size > maxExchangeFileBytes) {
      setError('The file is larger than 10 MiB');
      return;
    }
    setError(null);
    const content = toBase64(new Uint8Array(await chosen.arrayBuffer()));
    store.mutate({
      integrationId,
      name: fileNameOf(chosen.name),
      direction,
      content,
      ...(isOwn ? { kind } : {}),
    });
  }

  return (
    <DialogStep title="Upload a file">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!store.isPending) void submit();
        }}
      >
        <Stack>
          <Radio.Group
            label="Where it comes from"
            value={direction}
            onChange={(value) => setDirection(value === 'outgoing' ? 'outgoing' : 'incoming')}
          >
            <Stack gap={8}>
              <Radio
                value="incoming"
                label="From the partner"
                description="An acknowledgement is recognized, and the file that it answers changes its state."
              />
              <Radio
                value="outgoing"
                label="One of your own, to send"
                description="It is checked as its kind is."
              />
            </Stack>
          </Radio.Group>
          {isOwn && (
            <Select
              label="Kind"
              data={[...kinds, 'other' as const].map((each) => ({ value: each, label: kindWords[each] }))}
              value={kind}
              allowDeselect={false}
              onChange={(value) =>
                setKind([...kinds, 'other' as const].find((each) => each === value) ?? 'other')
              }
            />
          )}
          <FileInput
            label="File"
            description="At most 10 MiB; stored encrypted."
            placeholder="Choose a file"
            required
            leftSection={<FileUp size={16} aria-hidden />}
            value={chosen}
            onChange={setChosen}
            error={error}
            clearable
            clearButtonProps={{ 'aria-label': 'Choose none' }}
          />
        </Stack>
        <StepFooter
          problem={store.error && { message: store.error.detail, requestId: store.error.requestId }}
          start={
            <Button variant="default" onClick={onClose} disabled={store.isPending}>
              Cancel
            </Button>
          }
        >
          <BusyButton type="submit" busy={store.isPending}>
            Upload
          </BusyButton>
        </StepFooter>
      </form>
    </DialogStep>
  );
}

/** Stores a file that came from the partner, or one of one's own to send. */
export function UploadDialog({ opened, ...step }: StepProps & { opened: boolean }) {
  return (
    <StepDialog opened={opened} onClose={step.onClose} closeOnClickOutside={false} size={520}>
      {opened && <UploadStep {...step} />}
    </StepDialog>
  );
}
