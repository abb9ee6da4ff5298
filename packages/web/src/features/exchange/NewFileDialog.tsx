import { Button, FileButton, Radio, Select, Switch, TextInput, Textarea } from '@mantine/core';
import { createExchangeFile, listExchangeFiles, listExchangeLayouts } from '@trunkline/contract/exchange';
import type { ExchangeFile } from '@trunkline/contract/exchange';
import { FileUp, FlaskConical } from 'lucide-react';
import { useRef, useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../components/StepDialog.tsx';
import { useOperation, useOperationMutation } from '../../lib/api.ts';
import { Fold } from '../integrations/connect/Fold.tsx';
import { focusFirstError } from '../integrations/connect/focus-first-error.ts';
import { kindWords } from './exchange-words.ts';
import { emptyFile, fileErrors, readNewFile } from './new-file.ts';
import type { FileErrors, NewFile, WrittenKind } from './new-file.ts';
import { sampleRows } from './sample-rows.ts';
import classes from './Exchange.module.css';

const none: FileErrors = { byField: {}, rows: [], rest: null };
/** More faults of rows are not shown at once. */
const shownFaults = 12;

interface PartProps {
  file: NewFile;
  errors: FileErrors;
  onChange: (change: Partial<NewFile>) => void;
}

function EnrollmentFields({ file, errors, onChange }: PartProps) {
  const text = (field: 'sponsorName' | 'sponsorTaxId' | 'payerName' | 'payerTaxId', label: string) => (
    <TextInput
      label={label}
      required
      autoComplete="off"
      value={file[field]}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
      error={errors.byField[field] ?? null}
    />
  );
  return (
    <>
      <div className={classes.pair}>
        {text('sponsorName', 'Employer')}
        {text('sponsorTaxId', 'Tax number of the employer')}
        {text('payerName', 'Carrier')}
        {text('payerTaxId', 'Tax number of the carrier')}
      </div>
      <Fold title="More settings" {...(errors.byField.effectiveDate ? { forced: true } : {})}>
        <Stack gap={12}>
          <Select
            label="What the file is"
            description="A member who is missing in a full file may lose the cover."
            data={[
              { value: '', label: 'As the settings of the integration say' },
              { value: 'full', label: 'Full: all members, to be compared' },
              { value: 'replace', label: 'Full: all members, instead of what the carrier has' },
              { value: 'changes', label: 'Changes only' },
            ]}
            value={file.content}
            allowDeselect={false}
            onChange={(value) => onChange({ content: value ?? '' })}
          />
          <TextInput
            label="Effective date"
            description="Where the carrier wants one for the whole file."
            type="date"
            value={file.effectiveDate}
            onChange={(event) => onChange({ effectiveDate: event.currentTarget.value })}
            error={errors.byField.effectiveDate ?? null}
          />
          <Switch
            label="Write letters with accents without them"
            description="The file cannot hold them. Switched off, a name such as José is refused."
            checked={file.stripAccents}
            onChange={(event) => onChange({ stripAccents: event.currentTarget.checked })}
          />
        </Stack>
      </Fold>
    </>
  );
}

function rowsHelp(kind: WrittenKind, headings: readonly string[]): string {
  if (kind === 'enrollment') {
    return 'JSON, one member each, subscribers before their dependents; or CSV with headings, one coverage a row.';
  }
  const named = headings.length > 0 ? `: ${headings.slice(0, 4).join(', ')} …` : ' of the layout';
  return `JSON, one row each; or CSV with the headings${named}`;
}

function RowsField({ file, errors, onChange, headings }: PartProps & { headings: readonly string[] }) {
  return (
    <Stack gap={8}>
      <Textarea
        label="Rows"
        description={rowsHelp(file.kind, headings)}
        required
        classNames={{ input: 'mono' }}
        minRows={6}
        maxRows={14}
        spellCheck={false}
        autoComplete="off"
        value={file.rows}
        onChange={(event) => onChange({ rows: event.currentTarget.value })}
        error={errors.byField.rows ?? (errors.rows.length > 0 ? 'Some rows are wrong' : null)}
      />
      <Row>
        <FileButton
          accept=".json,.csv,.txt,application/json,text/csv"
          onChange={(chosen) => void chosen?.text().then((rows) => onChange({ rows }))}
        >
          {(props) => (
            <Button {...props} size="xs" variant="default" leftSection={<FileUp aria-hidden />}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Button
          size="xs"
          variant="default"
          leftSection={<FlaskConical aria-hidden />}
          onClick={() => onChange({ rows: sampleRows(file.kind, new Date().toISOString().slice(0, 10)) })}
        >
          Fill in sample rows
        </Button>
      </Row>
      {errors.rows.length > 0 && (
        <Notice tone="error" role="alert" title="What is wrong with the rows">
          <ul className={classes.faults}>
            {errors.rows.slice(0, shownFaults).map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
            {errors.rows.length > shownFaults && <li>and {errors.rows.length - shownFaults} more</li>}
          </ul>
        </Notice>
      )}
    </Stack>
  );
}

interface StepProps {
  integrationId: string;
  kinds: readonly WrittenKind[];
  onCreated: (file: ExchangeFile) => void;
  onClose: () => void;
}

function NewFileStep({ integrationId, kinds, onCreated, onClose }: StepProps) {
  const form = useRef<HTMLFormElement>(null);
  const [file, setFile] = useState(() => emptyFile(kinds[0] ?? 'enrollment'));
  const [errors, setErrors] = useState(none);
  const [requestId, setRequestId] = useState<string | null>(null);
  const layouts = useOperation(listExchangeLayouts, { integrationId });
  const layout = layouts.data?.data.find(({ kind }) => kind === file.kind)?.layout;
  const create = useOperationMutation(createExchangeFile, {
    invalidates: [listExchangeFiles],
    onSuccess: onCreated,
    onError: (error) => {
      setErrors(fileErrors(error));
      setRequestId(error.requestId);
      focusFirstError(form.current);
    },
  });

  function change(next: Partial<NewFile>): void {
    setFile((before) => ({ ...before, ...next }));
  }

  function submit(): void {
    const read = readNewFile(file);
    setErrors({ ...none, byField: read.errors });
    if (read.content === null) {
      focusFirstError(form.current);
      return;
    }
    const name = file.name.trim();
    create.mutate({ integrationId, content: read.content, ...(name === '' ? {} : { name }) });
  }

  const parts = { file, errors, onChange: change };
  return (
    <DialogStep title="Create a file" subtitle="It is checked and stored; nothing is sent yet">
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!create.isPending) submit();
        }}
      >
        <Stack>
          {kinds.length > 1 && (
            <Radio.Group
              label="Kind"
              value={file.kind}
              onChange={(value) => change({ kind: kinds.find((kind) => kind === value) ?? file.kind })}
            >
              <div className={classes.choices}>
                {kinds.map((kind) => (
                  <Radio key={kind} value={kind} label={kindWords[kind]} />
                ))}
              </div>
            </Radio.Group>
          )}
          <Radio.Group
            label="Whose data"
            value={file.sample ? 'sample' : 'own'}
            onChange={(value) => change({ sample: value === 'sample' })}
          >
            <div className={classes.choices}>
              <Radio value="own" label="Your own rows" />
              <Radio value="sample" label="Made-up people, to try it" />
            </div>
          </Radio.Group>
          {file.sample ? (
            <Notice tone="disabled" title="A sample of ten employees who do not exist">
              {file.kind === 'enrollment'
                ? 'It is marked as a test, and stays so; it can be sent to a carrier that takes test files.'
                : 'Nothing in a CSV file says that its people are made up, so it can be looked at but not sent.'}
            </Notice>
          ) : (
            <>
              {file.kind === 'enrollment' && <EnrollmentFields {...parts} />}
              <RowsField {...parts} headings={layout?.columns.map(({ header }) => header) ?? []} />
            </>
          )}
          <TextInput
            label="Name of the file"
            description="Empty: made of the group or plan, the date and a number."
            autoComplete="off"
            value={file.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            error={errors.byField.name ?? null}
          />
        </Stack>
        <StepFooter
          problem={errors.rest === null ? null : { message: errors.rest, requestId }}
          start={
            <Button variant="default" onClick={onClose} disabled={create.isPending}>
              Cancel
            </Button>
          }
        >
          <BusyButton type="submit" busy={create.isPending}>
            Create file
          </BusyButton>
        </StepFooter>
      </form>
    </DialogStep>
  );
}

/** Writes a file for the partner, from a person's rows or of made-up people. */
export function NewFileDialog({ opened, ...step }: StepProps & { opened: boolean }) {
  return (
    <StepDialog opened={opened} onClose={step.onClose} closeOnClickOutside={false} size={640}>
      {opened && <NewFileStep {...step} />}
    </StepDialog>
  );
}
