import { planLogExport } from '@trunkline/contract/logs';
import type { ExportFormat, LogFilter } from '@trunkline/contract/logs';
import { useState } from 'react';
import { ExportDialog as Dialog } from '../../components/ExportDialog.tsx';
import { useOperation } from '../../lib/api.ts';

export interface ExportDialogProps {
  opened: boolean;
  onClose: () => void;
  filter: LogFilter;
}

/** Says how many lines the filters select, and brings them as a file. */
export function ExportDialog({ opened, onClose, filter }: ExportDialogProps) {
  const [format, setFormat] = useState<ExportFormat>('csv');
  const plan = useOperation(planLogExport, { ...filter, format }, { enabled: opened, staleTime: 0 });
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title="Export logs"
      noun={['line', 'lines']}
      format={format}
      onFormat={setFormat}
      plan={plan}
    />
  );
}
