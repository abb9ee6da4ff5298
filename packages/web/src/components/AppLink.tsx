import { useRouter } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { isFramed, isShown } from '../lib/frame.ts';

export interface AppLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** An address inside the application, with its search part: `/webhooks/1?status=failed`. */
  href: string;
}

/** A link inside the application that is given as plain text; loads no new document. */
export function AppLink({ href, onClick, ...others }: AppLinkProps) {
  const router = useRouter();
  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    onClick?.(event);
    // In a tab of its own, a place of a frame would not open.
    const wantsNewTab = !isFramed && (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0);
    if (event.defaultPrevented || wantsNewTab) return;
    event.preventDefault();
    router.history.push(href);
  }
  // A place that a portal does not show is named without a way to it.
  if (!isShown(href)) return <span>{others.children}</span>;
  return <a {...others} href={href} onClick={follow} />;
}
