import { Button } from '@mantine/core';
import {
  downloadExchangeFile,
  eraseExchangeFile,
  listExchangeFiles,
  sendExchangeFile,
} from '@trunkline/contract/exchange';
import type { ExchangeFile } from '@trunkline/contract/exchange';
import { Download, Eraser, Send } from 'lucide-react';
import { useState } from 'react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { KeyValueList } from '../../components/KeyValueList.tsx';
import { LockedAction } from '../../components/LockedAction.tsx';
import { Row, Stack } from '../../components/Stack.tsx';
import { StatusBadge } from '../../components/StatusBadge.tsx';
import { DialogStep, StepDialog, StepFooter } from '../../components/StepDialog.tsx';
import { useOperationMutation } from '../../lib/api.ts';
import { formatAbsolute } from '../../lib/format.ts';
import { notifyDone } from '../../lib/notify.ts';
import { lockedReasons } from '../integrations/reasons.ts';
import { Findings } from './Findings.tsx';
import { badgeOf, kindWords, outcomeWords, sizeWords, stateSentence } from './exchange-words.ts';
import { saveFile } from '../../lib/save-file.ts';
import { fromBase64 } from './file-content.ts';
import classes from './Exchange.module.css';

interface StepProps {
  file: ExchangeFile;
  transport: 'sftp' | 'manual';
  onClose: () => void;
}

function Facts({ file }: { file: ExchangeFile }) {
  const at = (moment: string | null) => (moment === null ? null : formatAbsolute(moment));
  return (
    <KeyValueList
      items={[
        { label: 'Kind', value: kindWords[file.kind] },
        { label: 'Direction', value: file.direction === 'outgoing' ? 'To the partner' : 'From the partner' },
        { label: 'Size', value: sizeWords(file.bytes) },
        { label: 'Control number', value: file.controlNumber },
        { label: 'Marked as', value: file.test === null ? null : file.test ? 'Test' : 'Production' },
        { label: 'Answer', value: file.outcome === null ? null : outcomeWords[file.outcome] },
        { label: 'Stored', value: `${formatAbsolute(file.createdAt)}, by ${file.createdBy}` },
        { label: 'Sent', value: at(file.sentAt) },
        { label: 'Answered', value: at(file.answeredAt) },
        { label: 'SHA-256', value: <span className="mono">{file.sha256.slice(0, 16)}…</span> },
      ]}
    />
  );
}

function EraseStep({
  file,
  onBack,
  onClose,
}: {
  file: ExchangeFile;
  onBack: () => void;
  onClose: () => void;
}) {
  const erase = useOperationMutation(eraseExchangeFile, {
    invalidates: [listExchangeFiles],
    onSuccess: () => {
      notifyDone('Content erased', file.name);
      onClose();
    },
  });
  return (
    <DialogStep title={`Erase “${file.name}”?`}>
      <p className={classes.text}>
        Its content is gone for good and cannot be sent, checked or downloaded any more. The line in the list
        and the control number stay.
      </p>
      <StepFooter
        problem={erase.error && { message: erase.error.detail, requestId: erase.error.requestId }}
        start={
          <Button variant="default" data-autofocus onClick={onBack} disabled={erase.isPending}>
            Back
          </Button>
        }
      >
        <BusyButton variant="danger" busy={erase.isPending} onClick={() => erase.mutate({ id: file.id })}>
          Erase content
        </BusyButton>
      </StepFooter>
    </DialogStep>
  );
}

function FileStep({ file, transport, onErase }: StepProps & { onErase: () => void }) {
  const send = useOperationMutation(sendExchangeFile, {
    invalidates: [listExchangeFiles],
    onSuccess: () => notifyDone(transport === 'sftp' ? 'File sent' : 'Noted as brought', file.name),
  });
  const download = useOperationMutation(downloadExchangeFile, {
    onSuccess: ({ name, contentType, content }) => saveFile(name, contentType, fromBase64(content)),
  });
  const problem = send.error ?? download.error;
  const sendable = file.state === 'ready' && !file.erased;
  return (
    <DialogStep title={file.name} subtitle={<StatusBadge status={file.erased ? 'erased' : badgeOf(file)} />}>
      <Stack>
        <p className={classes.text}>{stateSentence(file, transport)}</p>
        <Facts file={file} />
        {!file.erased && <Findings file={file} />}
      </Stack>
      <StepFooter
        problem={problem && { message: problem.detail, requestId: problem.requestId }}
        start={
          file.erased ? null : (
            <LockedAction permission="exchange.write" reason={lockedReasons.files}>
              <Button variant="default" leftSection={<Eraser aria-hidden />} onClick={onErase}>
                Erase…
              </Button>
            </LockedAction>
          )
        }
      >
        {!file.erased && (
          <Row>
            <LockedAction permission="exchange.write" reason={lockedReasons.files}>
              <BusyButton
                variant="default"
                leftSection={<Download aria-hidden />}
                busy={download.isPending}
                onClick={() => download.mutate({ id: file.id })}
              >
                Download
              </BusyButton>
            </LockedAction>
            {sendable && (
              <LockedAction permission="exchange.write" reason={lockedReasons.files}>
                <BusyButton
                  leftSection={<Send aria-hidden />}
                  busy={send.isPending}
                  onClick={() => send.mutate({ id: file.id })}
                >
                  {transport === 'sftp' ? 'Send by SFTP' : 'Mark as brought'}
                </BusyButton>
              </LockedAction>
            )}
          </Row>
        )}
      </StepFooter>
    </DialogStep>
  );
}

function Steps(props: StepProps) {
  const [erasing, setErasing] = useState(false);
  if (erasing) {
    return (
      <EraseStep key="erase" file={props.file} onBack={() => setErasing(false)} onClose={props.onClose} />
    );
  }
  return <FileStep key="file" {...props} onErase={() => setErasing(true)} />;
}

export interface FileDialogProps {
  /** Null: closed. */
  file: ExchangeFile | null;
  transport: 'sftp' | 'manual';
  onClose: () => void;
}

/** One file: what it is, what a check of it finds, and what can be done with it. */
export function FileDialog({ file, transport, onClose }: FileDialogProps) {
  return (
    <StepDialog opened={file !== null} onClose={onClose} size={640}>
      {file && <Steps key={file.id} file={file} transport={transport} onClose={onClose} />}
    </StepDialog>
  );
}
