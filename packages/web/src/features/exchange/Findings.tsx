import { Button, Skeleton } from '@mantine/core';
import { validateExchangeFile } from '@trunkline/contract/exchange';
import type { ExchangeFile } from '@trunkline/contract/exchange';
import type { FileFinding } from '@trunkline/contract/files';
import { CircleX, Info, RotateCw, TriangleAlert } from 'lucide-react';
import { BusyButton } from '../../components/BusyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import { Stack } from '../../components/Stack.tsx';
import { useOperation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { outcomeWords, placeOf } from './exchange-words.ts';
import classes from './Exchange.module.css';

const icons = { error: CircleX, warning: TriangleAlert, info: Info };
const severities = { error: 'Error', warning: 'Warning', info: 'Note' };

function FindingLine({ finding }: { finding: FileFinding }) {
  const Icon = icons[finding.severity];
  const place = placeOf(finding);
  return (
    <li data-severity={finding.severity}>
      <Icon size={16} aria-hidden />
      <span>
        <span className="visually-hidden">{severities[finding.severity]}: </span>
        {finding.message}
        {place !== '' && <span className={classes.place}>{place}</span>}
      </span>
    </li>
  );
}

/** What a check of a file finds, by line; of an acknowledgement, what the partner says about which line. */
export function Findings({ file }: { file: Pick<ExchangeFile, 'id' | 'kind' | 'direction'> }) {
  const check = useOperation(validateExchangeFile, { id: file.id }, { staleTime: 0 });
  const isAnswer = file.kind === 'acknowledgement';
  if (check.isPending) {
    return (
      <div aria-busy>
        <Skeleton height={16} />
      </div>
    );
  }
  if (!check.data) {
    return (
      <Notice
        tone="error"
        role="alert"
        title="It could not be checked"
        actions={
          <Button variant="default" size="xs" onClick={() => void check.refetch()}>
            Try again
          </Button>
        }
      >
        {check.error.detail}
      </Notice>
    );
  }
  const { findings, errors, warnings, acknowledgement } = check.data;
  if (file.kind === 'other') {
    return (
      <p className={classes.quiet}>Nothing is known about the format of this file, so it is not checked.</p>
    );
  }
  const counts = [
    errors > 0 ? countOf(errors, 'error', 'errors') : '',
    warnings > 0 ? countOf(warnings, 'warning', 'warnings') : '',
  ].filter((part) => part !== '');
  return (
    <Stack gap={8}>
      <div className={classes.heading}>
        <h3>{isAnswer ? 'What the partner says' : 'Check'}</h3>
        <BusyButton
          size="xs"
          variant="default"
          leftSection={<RotateCw aria-hidden />}
          busy={check.isFetching}
          onClick={() => void check.refetch()}
        >
          {isAnswer ? 'Read again' : 'Check again'}
        </BusyButton>
      </div>
      <Notice
        role="status"
        tone={errors > 0 ? 'error' : warnings > 0 ? 'degraded' : 'active'}
        title={
          acknowledgement
            ? outcomeWords[acknowledgement.outcome]
            : counts.length > 0
              ? counts.join(', ')
              : 'Nothing is wrong with it'
        }
      >
        {!isAnswer &&
          file.kind === 'enrollment' &&
          errors === 0 &&
          'By the standard. The companion guide of the carrier may want more.'}
      </Notice>
      {findings.length > 0 && (
        <ul className={classes.findings} aria-label="Findings" tabIndex={0}>
          {findings.map((finding, index) => (
            <FindingLine key={index} finding={finding} />
          ))}
        </ul>
      )}
    </Stack>
  );
}
