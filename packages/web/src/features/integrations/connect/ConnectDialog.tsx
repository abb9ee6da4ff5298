import { useState } from 'react';
import { StepDialog } from '../../../components/StepDialog.tsx';
import { ConnectSteps } from './ConnectSteps.tsx';

export interface ConnectDialogProps {
  /** Whom to connect; null: closed. */
  slug: string | null;
  /** The definition of one's own provider is to be changed. */
  onEdit: (slug: string) => void;
  onClose: () => void;
}

/** Presents a provider and connects it (CONN-1, CONN-3, CONN-6, OAUTH-5). */
export function ConnectDialog({ slug, onEdit, onClose }: ConnectDialogProps) {
  const [busy, setBusy] = useState(false);
  // What was shown stays while the dialog fades out.
  const [last, setLast] = useState(slug);
  if (slug !== null && slug !== last) setLast(slug);
  function close(): void {
    setBusy(false);
    onClose();
  }
  return (
    <StepDialog opened={slug !== null} onClose={close} closeOnClickOutside={!busy} size={600}>
      {last !== null && (
        <ConnectSteps key={last} slug={last} onBusy={setBusy} onEdit={() => onEdit(last)} onClose={close} />
      )}
    </StepDialog>
  );
}
