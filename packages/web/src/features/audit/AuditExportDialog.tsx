import { planAuditExport } from '@trunkline/contract/audit';
import type { AuditExportFormat } from '@trunkline/contract/audit';
import { useState } from 'react';
import { ExportDialog } from '../../components/ExportDialog.tsx';
import type { ExportPlan } from '../../components/ExportDialog.tsx';
import { ApiError } from '../../lib/api-error.ts';
import { useOperation } from '../../lib/api.ts';
import type { auditInput } from './audit-filter.ts';

export interface AuditExportDialogProps {
  opened: boolean;
  onClose: () => void;
  filter: ReturnType<typeof auditInput>;
}

/** Says how many records the filters select, and brings them as a file that ends with a signed checkpoint. */
export function AuditExportDialog({ opened, onClose, filter }: AuditExportDialogProps) {
  const [format, setFormat] = useState<AuditExportFormat>('csv');
  const plan = useOperation(
    planAuditExport,
    { ...filter, format },
    {
      enabled: opened,
      staleTime: 0,
      // It may ask for a password, which nobody expects for coming back to the window.
      refetchOnWindowFocus: false,
    },
  );
  async function planAnew(): Promise<ExportPlan> {
    const { data, error } = await plan.refetch();
    if (error) throw error;
    if (!data)
      throw new ApiError({ code: 'internal', detail: 'The export could not be planned. Try again.' });
    return data;
  }
  return (
    <ExportDialog
      opened={opened}
      onClose={onClose}
      title="Export the audit log"
      noun={['record', 'records']}
      format={format}
      onFormat={setFormat}
      plan={plan}
      planAnew={planAnew}
    >
      <p>
        The last line is a signed checkpoint. Keep the file elsewhere: it shows whether the log was written
        anew since. The export is recorded.
      </p>
    </ExportDialog>
  );
}
