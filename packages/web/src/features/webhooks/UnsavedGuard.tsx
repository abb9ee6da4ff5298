import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from '../../components/ConfirmDialog.tsx';

/**
 * Asks before a page with unsaved changes is left, by a link, the browser's buttons or closing the tab.
 * `isDirty` is asked at that moment, so that the form's own navigation after saving passes.
 */
export function UnsavedGuard({ isDirty }: { isDirty: () => boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && isDirty(),
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
      <p>Your changes to this webhook have not been saved.</p>
    </ConfirmDialog>
  );
}
