import { useEffect, useRef } from 'react';
import type { ReactElement } from 'react';
import { embedPortal } from './embed-portal.ts';
import type { Portal, PortalOptions } from './embed-portal.ts';

export type { PortalEnd, PortalLook, PortalToken } from './embed-portal.ts';

export interface TrunklinePortalProps extends PortalOptions {
  /** Of the element around the frame. */
  className?: string;
}

/**
 * Webhooks and integrations of Trunkline, inside your own page (docs/portal.md). `part`, `title` and `minHeight` count when it
 * opens; give it another `key` to open it anew.
 */
export function TrunklinePortal({ className, ...options }: TrunklinePortalProps): ReactElement {
  const around = useRef<HTMLDivElement>(null);
  const portal = useRef<Portal | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const { scheme, accent } = options;
  const shown = useRef({ scheme, accent });

  useEffect(() => {
    const element = around.current;
    if (element === null) return undefined;
    const { part, title, minHeight, ...look } = latest.current;
    const made = embedPortal(element, {
      ...(look.scheme === undefined ? {} : { scheme: look.scheme }),
      ...(look.accent === undefined ? {} : { accent: look.accent }),
      ...(part === undefined ? {} : { part }),
      ...(title === undefined ? {} : { title }),
      ...(minHeight === undefined ? {} : { minHeight }),
      fetchToken: () => latest.current.fetchToken(),
      onOpen: () => latest.current.onOpen?.(),
      onEnd: (end) => latest.current.onEnd?.(end),
      onError: (error) => latest.current.onError?.(error),
    });
    portal.current = made;
    return () => {
      portal.current = null;
      made.remove();
    };
  }, []);

  useEffect(() => {
    if (shown.current.scheme === scheme && shown.current.accent === accent) return;
    shown.current = { scheme, accent };
    portal.current?.look({
      ...(scheme === undefined ? {} : { scheme }),
      ...(accent === undefined ? {} : { accent }),
    });
  }, [scheme, accent]);

  return <div ref={around} {...(className === undefined ? {} : { className })} />;
}
