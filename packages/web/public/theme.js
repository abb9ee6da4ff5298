// Sets the stored theme before the first paint. A file of its own because the content security policy
// allows no inline script. The key and the attribute are those of src/theme/theme.ts.
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem('trunkline-theme');
  } catch {
    // Storage may be switched off; the system's theme is used then.
  }
  var dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
