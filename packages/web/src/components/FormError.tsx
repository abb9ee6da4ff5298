import { Notice } from './Notice.tsx';

/** What no field of a form can show; render it above the buttons. Nothing while `message` is null. */
export function FormError({ message, requestId }: { message: string | null; requestId?: string | null }) {
  if (message === null) return null;
  return (
    <Notice tone="error" role="alert" title={message}>
      {requestId ? `Request ${requestId}` : null}
    </Notice>
  );
}
