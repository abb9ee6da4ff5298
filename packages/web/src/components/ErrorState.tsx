import { Button } from '@mantine/core';
import { CircleX, RotateCw } from 'lucide-react';
import type { ApiError } from '../lib/api-error.ts';
import classes from './EmptyState.module.css';

export interface ErrorStateProps {
  error: ApiError;
  onRetry?: () => void;
  title?: string;
}

/** A part of the page that could not be loaded: what happened, the request's id, and another try. */
export function ErrorState({ error, onRetry, title = 'This could not be loaded' }: ErrorStateProps) {
  return (
    <div className={classes.state} role="alert">
      <span className={`${classes.icon} ${classes.error}`}>
        <CircleX size={20} aria-hidden />
      </span>
      <p className={classes.title}>{title}</p>
      <p className={classes.text}>{error.detail}</p>
      {onRetry && (
        <div className={classes.actions}>
          <Button variant="default" leftSection={<RotateCw aria-hidden />} onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
      {error.requestId && <p className={classes.request}>Request {error.requestId}</p>}
    </div>
  );
}
