const everyMs = 250;

/**
 * npm and npx start programs through a shell, and some shells die of a signal without passing it on: the program
 * would live on unseen. So when npm started this process and its parent goes away, it gets SIGTERM like a
 * program whose terminal closes.
 * @param {{ parent?: () => number, startedByNpm?: boolean, stop?: () => void }} [options] what tests replace
 * @returns {() => void} stops watching
 */
export function followParent(options = {}) {
  const {
    parent = () => process.ppid,
    startedByNpm = process.env.npm_command !== undefined,
    stop = () => process.kill(process.pid, 'SIGTERM'),
  } = options;
  if (!startedByNpm) return () => {};
  const first = parent();
  const timer = setInterval(() => {
    if (parent() === first) return;
    clearInterval(timer);
    stop();
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
