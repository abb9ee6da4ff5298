import { useState } from 'react';
import { StepDialog } from '../../components/StepDialog.tsx';
import { CreatedStep } from './CreatedStep.tsx';
import { ProviderStep } from './ProviderStep.tsx';
import { SourceStep } from './SourceStep.tsx';
import type { CreatedSource } from './SourceStep.tsx';

function Steps({ onBusy, onClose }: { onBusy: (busy: boolean) => void; onClose: () => void }) {
  const [slug, setSlug] = useState<string | null>(null);
  const [created, setCreated] = useState<CreatedSource | null>(null);
  if (created) return <CreatedStep key="created" created={created} onDone={onClose} />;
  if (slug === null) {
    return (
      <ProviderStep
        key="provider"
        onChoose={(chosen) => {
          onBusy(true);
          setSlug(chosen);
        }}
        onCancel={onClose}
      />
    );
  }
  return (
    <SourceStep
      key={slug}
      slug={slug}
      onCreated={setCreated}
      onBack={() => {
        onBusy(false);
        setSlug(null);
      }}
    />
  );
}

/** Leads from who sends to the address, and to the first webhook at it. */
export function AddSourceDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  function close(): void {
    setBusy(false);
    onClose();
  }
  return (
    <StepDialog opened={opened} onClose={close} closeOnClickOutside={!busy} size={600}>
      <Steps onBusy={setBusy} onClose={close} />
    </StepDialog>
  );
}
