import { notifications } from '@mantine/notifications';
import type { ApiError } from './api-error.ts';

/** An icon alone has no name for a screen reader. */
const closeButtonProps = { 'aria-label': 'Close the message' };

/** A short confirmation of what the person has just done. Never for what happens by itself. */
export function notifyDone(title: string, message = ''): void {
  notifications.show({ title, message, withBorder: true, color: 'accent', closeButtonProps });
}

/** The refusal of an action that has no form to show it in. A dialog that was closed is not worth a word. */
export function notifyError(error: ApiError): void {
  if (error.code === 'cancelled' || error.code === 'reauthentication_required') return;
  notifications.show({
    title: error.detail,
    message: error.requestId ? `Request ${error.requestId}` : '',
    color: 'red',
    withBorder: true,
    autoClose: 8000,
    closeButtonProps,
  });
}
