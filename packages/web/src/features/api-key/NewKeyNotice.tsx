import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from '../../components/CopyButton.tsx';
import { Notice } from '../../components/Notice.tsx';
import classes from './ApiKeyPage.module.css';

/** A key that has just been made, whole, until the person is done with it. */
export function NewKeyNotice({
  value,
  onDone,
  children,
}: {
  value: string;
  onDone: () => void;
  children: ReactNode;
}) {
  return (
    <Notice
      tone="active"
      role="status"
      title="The new API key"
      actions={
        <>
          <CopyButton withLabel label="Copy new key" value={value} />
          <Button variant="default" onClick={onDone}>
            Done
          </Button>
        </>
      }
    >
      <span className={classes.newKey} data-testid="new-key">
        {value}
      </span>
      <br />
      {children}
    </Notice>
  );
}
