import { planAuditExport } from '@trunkline/contract/audit';
import type { AuditExportFormat } from '@trunkline/contract/audit';
import { useState } from 'react';
import { ExportDialog } from '../../components/ExportDialog.tsx';
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
  const plan = useOperation(planAuditExport, { ...filter, format }, { enabled: opened, staleTime: 0 });
  return (
    <ExportDialog
      opened={opened}
      onClose={onClose}
      title="Export the audit log"
      noun={['record', 'records']}
      format={format}
      onFormat={setFormat}
      plan={plan}
    >
      <p>
        The last line is a signed checkpoint. Keep the file elsewhere: it shows whether the log was written
        anew since. The export is recorded.
      </p>
    </ExportDialog>
  );
}
