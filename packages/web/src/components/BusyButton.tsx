import { ActionIcon, Button, Loader } from '@mantine/core';
import type { ActionIconProps, ButtonProps } from '@mantine/core';
import type { ComponentProps, MouseEvent } from 'react';
import classes from './BusyButton.module.css';

type Own<Props> = Omit<ComponentProps<'button'>, keyof Props> &
  Omit<Props, 'loading' | 'loaderProps'> & {
    /** At work: shows a loader and does nothing when pressed. */
    busy: boolean;
  };

/** What makes a button busy. Not Mantine's `loading`: it disables the button, which then loses the focus. */
function whileBusy({ busy, ...props }: Pick<Own<ButtonProps>, 'busy' | 'onClick' | 'aria-disabled'>) {
  return {
    'aria-disabled': busy || (props['aria-disabled'] ?? false),
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      // A submit button also swallows the Enter key of its form.
      if (busy) event.preventDefault();
      else props.onClick?.(event);
    },
  };
}

/** A button that keeps its size and the focus while it works; the loader takes the place of its icon. */
export function BusyButton({ busy, leftSection, children, ...rest }: Own<ButtonProps>) {
  const loader = <Loader size={16} color="var(--button-color)" aria-hidden />;
  const covers = busy && !leftSection;
  return (
    <Button
      {...rest}
      {...whileBusy({ busy, ...rest })}
      leftSection={busy && leftSection ? loader : leftSection}
    >
      {covers ? <span className={classes.covered}>{children}</span> : children}
      {covers && <span className={classes.cover}>{loader}</span>}
    </Button>
  );
}

/** The same for a button that is an icon only. */
export function BusyActionIcon({ busy, children, ...rest }: Own<ActionIconProps>) {
  return (
    <ActionIcon {...rest} {...whileBusy({ busy, ...rest })}>
      {busy ? <Loader size="calc(var(--ai-size) * 0.55)" color="var(--ai-color)" aria-hidden /> : children}
    </ActionIcon>
  );
}
