import { Tooltip, VisuallyHidden } from '@mantine/core';
import { Check, Copy, TriangleAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { toApiError } from '../lib/api-error.ts';
import { copyText } from '../lib/copy-text.ts';
import { BusyActionIcon, BusyButton } from './BusyButton.tsx';

export interface CopyButtonProps {
  /** The text, or how to get it (e.g. an audited reveal). */
  value: string | (() => Promise<string>);
  /** What is copied: `Copy URL`. The button's name. */
  label: string;
  /** Shows the label; an icon only otherwise. */
  withLabel?: boolean;
  onCopied?: () => void;
}

/** Copies a text and says so, for eyes and for screen readers. */
export function CopyButton({ value, label, withLabel, onCopied }: CopyButtonProps) {
  const [result, setResult] = useState<'idle' | 'busy' | 'done' | 'failed'>('idle');
  const [reason, setReason] = useState('');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  async function copy(): Promise<void> {
    clearTimeout(timer.current);
    setResult('busy');
    try {
      await copyText(typeof value === 'string' ? value : await value());
      setResult('done');
      onCopied?.();
    } catch (thrown) {
      const error = toApiError(thrown);
      setReason(error.code === 'unreachable' ? 'Copying did not work' : error.detail);
      setResult('failed');
    }
    timer.current = setTimeout(() => setResult('idle'), 2500);
  }

  const icon =
    result === 'done' ? (
      <Check aria-hidden />
    ) : result === 'failed' ? (
      <TriangleAlert aria-hidden />
    ) : (
      <Copy aria-hidden />
    );
  const said = result === 'done' ? 'Copied' : result === 'failed' ? reason : '';
  return (
    <>
      <Tooltip
        label={said || label}
        disabled={Boolean(withLabel) && result !== 'failed'}
        {...(said ? { opened: true } : {})}
      >
        {withLabel ? (
          <BusyButton
            variant="default"
            leftSection={icon}
            busy={result === 'busy'}
            onClick={() => void copy()}
          >
            {result === 'done' ? 'Copied' : label}
          </BusyButton>
        ) : (
          <BusyActionIcon aria-label={label} busy={result === 'busy'} size="sm" onClick={() => void copy()}>
            {icon}
          </BusyActionIcon>
        )}
      </Tooltip>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </>
  );
}
