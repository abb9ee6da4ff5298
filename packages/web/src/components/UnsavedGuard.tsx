import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from './ConfirmDialog.tsx';

export interface UnsavedGuardProps {
  /** Asked at the moment of leaving, so that the form's own navigation after saving passes. */
  isDirty: () => boolean;
  /** What was changed: `this webhook`. */
  subject: string;
}

/** The tab of a page that its address names; a form is left with its tab too. */
function tabOf(search: object): unknown {
  return 'tab' in search ? search.tab : undefined;
}

/** Asks before a form with unsaved changes is left: by a link, a tab, the browser's buttons or closing the window. */
export function UnsavedGuard({ isDirty, subject }: UnsavedGuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      (current.pathname !== next.pathname || tabOf(current.search) !== tabOf(next.search)) && isDirty(),
    enableBeforeUnload: isDirty,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      title="Leave without saving?"
      confirmLabel="Discard changes"
      danger
      onConfirm={() => {
        blocker.proceed?.();
        return Promise.resolve();
      }}
    >
      <p>Your changes to {subject} have not been saved.</p>
    </ConfirmDialog>
  );
}
