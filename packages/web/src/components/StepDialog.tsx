import { Modal } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { FormError } from './FormError.tsx';
import classes from './StepDialog.module.css';

export interface StepDialogProps {
  opened: boolean;
  onClose: () => void;
  /** A press beside the dialog closes it; not while something is typed or under way. */
  closeOnClickOutside?: boolean;
  size?: number;
  /** One `DialogStep`; it is fresh each time the dialog opens. */
  children: ReactNode;
}

/** A dialog that leads through steps, each with a title and a body of its own. */
export function StepDialog({ opened, onClose, closeOnClickOutside, size = 560, children }: StepDialogProps) {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      centered
      size={size}
      closeOnClickOutside={closeOnClickOutside ?? true}
    >
      <Modal.Overlay />
      <Modal.Content>{children}</Modal.Content>
    </Modal.Root>
  );
}

export interface DialogStepProps {
  title: string;
  /** Left of the title. */
  logo?: ReactNode;
  /** Below the title, on one line. */
  subtitle?: ReactNode;
  children: ReactNode;
}

/** One step: its title takes the focus when it appears, unless a field of it asks for that. */
export function DialogStep({ title, logo, subtitle, children }: DialogStepProps) {
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const content = heading.current?.closest('section');
    (content?.querySelector<HTMLElement>('[data-autofocus]') ?? heading.current)?.focus();
  }, []);
  return (
    <>
      <Modal.Header>
        <div className={classes.head}>
          {logo}
          <div className={classes.words}>
            <Modal.Title ref={heading} tabIndex={-1} className={classes.title ?? ''}>
              {title}
            </Modal.Title>
            {subtitle && <div className={classes.subtitle}>{subtitle}</div>}
          </div>
        </div>
        <Modal.CloseButton aria-label="Close" />
      </Modal.Header>
      <Modal.Body className={classes.body ?? ''}>{children}</Modal.Body>
    </>
  );
}

export interface StepProblem {
  message: string;
  requestId: string | null;
}

export interface StepFooterProps {
  /** The way back or out. */
  start: ReactNode;
  /** The acts, the main one last. */
  children: ReactNode;
  /** A refusal that no field shows. It stands here, so that it is in sight wherever the step is scrolled to. */
  problem?: StepProblem | null;
}

/** The buttons of a step, in sight while a long one scrolls. Place it last in the step or its form. */
export function StepFooter({ start, children, problem }: StepFooterProps) {
  return (
    <div className={classes.footer}>
      {problem && (
        <div className={classes.problem}>
          <FormError message={problem.message} requestId={problem.requestId} />
        </div>
      )}
      {start}
      <span className={classes.acts}>{children}</span>
    </div>
  );
}
