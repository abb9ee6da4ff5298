import { exportUsage } from '@trunkline/contract/usage';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { toApiError } from '../../lib/api-error.ts';
import { callOperation } from '../../lib/api.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';
import { saveFile } from './download.ts';
import type { rangeInput } from './usage-search.ts';

/** Downloads the usage of a range (KEY-4). */
export function ReportButton({
  format,
  range,
  keyId,
}: {
  format: 'csv' | 'pdf';
  range: ReturnType<typeof rangeInput>;
  keyId: string | undefined;
}) {
  const [busy, setBusy] = useState(false);
  async function download(): Promise<void> {
    setBusy(true);
    try {
      const file = await callOperation(exportUsage, { ...range, ...(keyId ? { keyId } : {}), format });
      saveFile(file);
      notifyDone('The report is downloaded', file.name);
    } catch (thrown) {
      notifyError(toApiError(thrown));
    } finally {
      setBusy(false);
    }
  }
  return (
    <BusyButton
      variant="default"
      leftSection={<Download aria-hidden />}
      busy={busy}
      onClick={() => void download()}
    >
      {format.toUpperCase()}
    </BusyButton>
  );
}
