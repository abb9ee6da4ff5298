import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { toApiError } from '../../lib/api-error.ts';
import type { ApiError } from '../../lib/api-error.ts';
import { supportsPasskeys } from '../../lib/passkey.ts';

export interface PasskeyButtonProps {
  label: string;
  /** Asks, and does what follows from the answer. */
  onUse: () => Promise<void>;
  onError: (error: ApiError) => void;
}

/** A button that goes through a passkey; absent where the browser knows none. */
export function PasskeyButton({ label, onUse, onError }: PasskeyButtonProps) {
  const [busy, setBusy] = useState(false);
  if (!supportsPasskeys()) return null;
  async function use(): Promise<void> {
    setBusy(true);
    try {
      await onUse();
    } catch (thrown) {
      onError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <BusyButton
      type="button"
      variant="default"
      fullWidth
      leftSection={<KeyRound aria-hidden />}
      busy={busy}
      onClick={() => void use()}
    >
      {label}
    </BusyButton>
  );
}
