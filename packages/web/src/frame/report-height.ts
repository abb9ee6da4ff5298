/** Room around a dialog, px. */
const aroundDialog = 48;

/**
 * Tells how high the pages are, now and whenever it changes: at least as high as a dialog that is open, which hangs over the
 * pages and would be cut off. Returns the way to stop.
 */
export function reportHeight(tell: (height: number) => void): () => void {
  const root = document.getElementById('root');
  const overlays = document.getElementById('overlays');
  if (!root || !overlays) return () => {};
  let last = -1;
  const measure = (): void => {
    const dialogs = [...overlays.querySelectorAll<HTMLElement>('[role=dialog]')];
    const highest = dialogs.map((dialog) => dialog.scrollHeight + aroundDialog);
    const height = Math.ceil(Math.max(root.getBoundingClientRect().height, ...highest));
    if (height === last) return;
    last = height;
    tell(height);
  };
  const sizes = new ResizeObserver(measure);
  sizes.observe(root);
  const dialogs = new MutationObserver(measure);
  dialogs.observe(overlays, { childList: true, subtree: true });
  measure();
  return () => {
    sizes.disconnect();
    dialogs.disconnect();
  };
}
