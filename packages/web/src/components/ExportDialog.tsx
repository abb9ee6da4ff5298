import { Button, Modal, Radio } from '@mantine/core';
import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { ApiError } from '../lib/api-error.ts';
import { toApiError } from '../lib/api-error.ts';
import { countOf, formatNumber } from '../lib/format.ts';
import { notifyDone } from '../lib/notify.ts';
import { mostInMemory, readExport, saveAs } from '../lib/read-export.ts';
import { BusyButton } from './BusyButton.tsx';
import { DialogFooter } from './DialogFooter.tsx';
import { FormError } from './FormError.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { Stack } from './Stack.tsx';

export type ExportFormat = 'csv' | 'ndjson';

/** What will come. */
export interface ExportPlan {
  rows: number;
  more: boolean;
  path: string;
  fileName: string;
}

export interface ExportDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What one row is, alone and in numbers: `line`, `lines`. */
  noun: [string, string];
  format: ExportFormat;
  onFormat: (format: ExportFormat) => void;
  /** What will come, for the format that is chosen. */
  plan: {
    data?: ExportPlan | undefined;
    error: ApiError | null;
    isFetching: boolean;
  };
  /**
   * Plans once more right before the file is asked for, where that needs a fresh authentication: the file itself is no
   * operation, which could ask for it.
   */
  planAnew?: () => Promise<ExportPlan>;
  /** More about the file. */
  children?: ReactNode;
}

/** Says how many rows the filters select, and brings them as a file. */
export function ExportDialog(props: ExportDialogProps) {
  const { opened, onClose, title, noun, format, onFormat, plan, planAnew, children } = props;
  const [lines, setLines] = useState<number | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => {
    if (!opened) abort.current?.abort();
    setLines(null);
    setError(null);
  }, [opened]);

  async function download(): Promise<void> {
    if (!plan.data) return;
    setError(null);
    abort.current = new AbortController();
    try {
      const { path, fileName, rows, more } = planAnew ? await planAnew() : plan.data;
      if (more || rows > mostInMemory) {
        saveAs(path, fileName);
        onClose();
        return;
      }
      setLines(0);
      const url = URL.createObjectURL(await readExport(path, setLines, abort.current.signal));
      saveAs(url, fileName);
      URL.revokeObjectURL(url);
      notifyDone(`${countOf(rows, ...noun)} exported`, fileName);
      onClose();
    } catch (thrown) {
      if (!abort.current.signal.aborted) setError(toApiError(thrown));
    } finally {
      setLines(null);
    }
  }

  const rows = plan.data?.rows ?? 0;
  const big = plan.data !== undefined && (plan.data.more || rows > mostInMemory);
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Stack gap={12}>
        <div role="status">
          {plan.data
            ? `${plan.data.more ? 'More than ' : ''}${countOf(rows, `${noun[0]} matches`, `${noun[1]} match`)} the filters and will be exported, newest first.`
            : plan.error
              ? plan.error.detail
              : 'Counting…'}
          {big && ' Your browser shows how far it is.'}
        </div>
        {children}
        <Radio.Group label="Format" value={format} onChange={(value) => onFormat(value)}>
          <Stack gap={8}>
            <Radio value="csv" label="CSV, for spreadsheets" />
            <Radio value="ndjson" label="JSON, one line a row, with all details" />
          </Stack>
        </Radio.Group>
        {lines !== null && (
          <ProgressBar
            label="Exporting"
            value={Math.min(lines, rows)}
            max={Math.max(1, rows)}
            text={`${formatNumber(Math.min(lines, rows))} of ${formatNumber(rows)}`}
          />
        )}
        <FormError message={error ? error.detail : null} requestId={error?.requestId ?? null} />
      </Stack>
      <DialogFooter>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <BusyButton
          leftSection={<Download aria-hidden />}
          busy={lines !== null || plan.isFetching}
          disabled={rows === 0}
          onClick={() => void download()}
        >
          Export
        </BusyButton>
      </DialogFooter>
    </Modal>
  );
}
