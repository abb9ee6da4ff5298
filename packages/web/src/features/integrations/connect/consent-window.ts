/** The window in which a person says yes or no at the provider. */
export interface ConsentWindow {
  /** False also when the provider's pages have cut themselves off from this one; it need not be closed then. */
  isInReach: () => boolean;
  focus: () => void;
  goTo: (url: string) => void;
  /** Closes it as long as it is empty. At the provider it is nobody's; our own page there closes itself. */
  closeEmpty: () => void;
}

const width = 560;
const height = 760;

/**
 * Opens an empty window; call it in the click itself, or the browser blocks it. Null: it was blocked. The provider's
 * pages get no hold of this one: the window forgets who opened it before it leaves.
 */
export function openConsentWindow(): ConsentWindow | null {
  const left = Math.max(0, window.screenX + (window.outerWidth - width) / 2);
  const top = Math.max(0, window.screenY + (window.outerHeight - height) / 2);
  const opened = window.open(
    'about:blank',
    'trunkline-connect',
    `popup,width=${width},height=${height},left=${left},top=${top}`,
  );
  if (!opened || opened.closed) return null;
  let isEmpty = true;
  return {
    isInReach: () => !opened.closed,
    focus: () => opened.focus(),
    goTo: (url) => {
      isEmpty = false;
      opened.opener = null;
      opened.location.replace(url);
    },
    closeEmpty: () => {
      if (isEmpty) opened.close();
    },
  };
}
