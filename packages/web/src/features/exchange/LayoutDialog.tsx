import { ActionIcon, Button, Select, Switch, TextInput } from '@mantine/core';
import { listExchangeLayouts, saveExchangeLayout } from '@trunkline/contract/exchange';
import type { CsvLayout } from '@trunkline/contract/files';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Stack } from '../../components/Stack.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../components/StepDialog.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { notifyDone } from '../../lib/notify.ts';
import { focusFirstError } from '../integrations/connect/focus-first-error.ts';
import { kindWords } from './exchange-words.ts';
import { dateFormats, delimiterWords, encodingWords, fieldWords, moved } from './layout-form.ts';
import type { StoredLayout } from './layout-form.ts';
import classes from './Exchange.module.css';

interface PartProps {
  layout: CsvLayout;
  onChange: (change: Partial<CsvLayout>) => void;
}

/** The choices of a list, from their words. */
function choices(words: Readonly<Record<string, string>>) {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}

function Writing({ layout, onChange }: PartProps) {
  return (
    <div className={classes.pair}>
      <Select
        label="Between columns"
        data={choices(delimiterWords)}
        value={layout.delimiter}
        allowDeselect={false}
        onChange={(value) => onChange({ delimiter: (value ?? ',') as CsvLayout['delimiter'] })}
      />
      <Select
        label="Dates"
        data={dateFormats}
        value={layout.dateFormat}
        allowDeselect={false}
        onChange={(value) => onChange({ dateFormat: value ?? 'YYYY-MM-DD' })}
      />
      <Select
        label="Decimal mark"
        data={choices({ '.': 'Point: 1234.56', ',': 'Comma: 1234,56' })}
        value={layout.decimalMark}
        allowDeselect={false}
        onChange={(value) => onChange({ decimalMark: value === ',' ? ',' : '.' })}
      />
      <Select
        label="Characters"
        data={choices(encodingWords)}
        value={layout.encoding}
        allowDeselect={false}
        onChange={(value) => onChange({ encoding: (value ?? 'utf-8') as CsvLayout['encoding'] })}
      />
      <Select
        label="Ends of lines"
        data={choices({ '\r\n': 'Windows (CR LF)', '\n': 'Unix (LF)' })}
        value={layout.lineEnd}
        allowDeselect={false}
        onChange={(value) => onChange({ lineEnd: value === '\n' ? '\n' : '\r\n' })}
      />
      <Stack gap={8}>
        <Switch
          label="First line has the headings"
          checked={layout.header}
          onChange={(event) => onChange({ header: event.currentTarget.checked })}
        />
        <Switch
          label="Guard against formulas"
          description="For files that a person opens in a spreadsheet."
          checked={layout.escapeFormulas}
          onChange={(event) => onChange({ escapeFormulas: event.currentTarget.checked })}
        />
      </Stack>
    </div>
  );
}

function ColumnList({ layout, fields, onChange }: PartProps & { fields: readonly string[] }) {
  const { columns } = layout;
  const free = fields.filter((field) => columns.every((column) => column.field !== field));

  function set(at: number, change: Partial<CsvLayout['columns'][number]>): void {
    onChange({ columns: columns.map((column, index) => (index === at ? { ...column, ...change } : column)) });
  }

  return (
    <Stack gap={8}>
      <h3 className={classes.heading}>Columns, in their order</h3>
      <ol className={classes.columns}>
        {columns.map((column, index) => {
          const name = column.header || `column ${index + 1}`;
          return (
            <li key={column.field}>
              <Select
                aria-label={`Field of ${name}`}
                data={[column.field, ...free].map((field) => ({ value: field, label: fieldWords(field) }))}
                value={column.field}
                allowDeselect={false}
                searchable
                onChange={(field) => field && set(index, { field })}
              />
              <TextInput
                aria-label={`Heading of ${fieldWords(column.field)}`}
                value={column.header}
                error={column.header.trim() === '' ? 'Give it a heading' : null}
                onChange={(event) => set(index, { header: event.currentTarget.value })}
              />
              <span className={classes.columnActs}>
                <ActionIcon
                  aria-label={`Move ${name} up`}
                  disabled={index === 0}
                  onClick={() => onChange({ columns: moved(columns, index, -1) })}
                >
                  <ArrowUp aria-hidden />
                </ActionIcon>
                <ActionIcon
                  aria-label={`Move ${name} down`}
                  disabled={index === columns.length - 1}
                  onClick={() => onChange({ columns: moved(columns, index, 1) })}
                >
                  <ArrowDown aria-hidden />
                </ActionIcon>
                <ActionIcon
                  aria-label={`Leave out ${name}`}
                  disabled={columns.length === 1}
                  onClick={() => onChange({ columns: columns.toSpliced(index, 1) })}
                >
                  <X aria-hidden />
                </ActionIcon>
              </span>
            </li>
          );
        })}
      </ol>
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<Plus aria-hidden />}
          disabled={free.length === 0}
          onClick={() => {
            const [field] = free;
            if (field) onChange({ columns: [...columns, { field, header: fieldWords(field) }] });
          }}
        >
          Add a column
        </Button>
      </div>
    </Stack>
  );
}

interface StepProps {
  integrationId: string;
  stored: StoredLayout;
  onClose: () => void;
}

function LayoutStep({ integrationId, stored, onClose }: StepProps) {
  const form = useRef<HTMLFormElement>(null);
  const [layout, setLayout] = useState(stored.layout);
  const save = useOperationMutation(saveExchangeLayout, {
    invalidates: [listExchangeLayouts],
    onSuccess: (saved) => {
      notifyDone(saved.own ? 'Columns saved' : 'Back to our columns', kindWords[saved.kind]);
      onClose();
    },
  });
  const change = (next: Partial<CsvLayout>) => setLayout((before) => ({ ...before, ...next }));
  const target = { integrationId, kind: stored.kind };
  const problem = save.error && {
    message: save.error.errors[0]?.detail ?? save.error.detail,
    requestId: save.error.requestId,
  };

  return (
    <DialogStep title={`Columns of ${kindWords[stored.kind]}`}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (layout.columns.some(({ header }) => header.trim() === '')) focusFirstError(form.current);
          else if (!save.isPending) save.mutate({ ...target, layout });
        }}
      >
        <Stack>
          <Writing layout={layout} onChange={change} />
          <ColumnList layout={layout} fields={stored.fields} onChange={change} />
        </Stack>
        <StepFooter
          problem={problem}
          start={
            <Button variant="default" onClick={onClose} disabled={save.isPending}>
              Cancel
            </Button>
          }
        >
          {stored.own && (
            <Button
              variant="default"
              disabled={save.isPending}
              onClick={() => save.mutate({ ...target, layout: null })}
            >
              Back to ours
            </Button>
          )}
          <BusyButton type="submit" busy={save.isPending}>
            Save columns
          </BusyButton>
        </StepFooter>
      </form>
    </DialogStep>
  );
}

export interface LayoutDialogProps {
  integrationId: string;
  /** Null: closed. */
  stored: StoredLayout | null;
  onClose: () => void;
}

/** Changes how a kind of CSV file is written: which columns, in which order, under which headings. */
export function LayoutDialog({ integrationId, stored, onClose }: LayoutDialogProps) {
  return (
    <StepDialog opened={stored !== null} onClose={onClose} closeOnClickOutside={false} size={640}>
      {stored && (
        <LayoutStep key={stored.kind} integrationId={integrationId} stored={stored} onClose={onClose} />
      )}
    </StepDialog>
  );
}
