/** How the pages look, in light and dark, from 320 pixels up. */
export const style = `
:root {
  color-scheme: light dark;
  --back: #f3f4f7; --card: #ffffff; --ink: #171a21; --soft: #565d6d; --line: #dfe2e9; --field: #f8f9fb;
  --accent: #3451d1; --on-accent: #ffffff; --tint: #eef1fd; --warn-back: #fff3d6; --warn-ink: #6b4700; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0f1116; --card: #191c23; --ink: #eceef3; --soft: #a4abba; --line: #2e333e; --field: #1f232b;
    --accent: #93a7ff; --on-accent: #10142b; --tint: #232a45; --warn-back: #3a2d0d; --warn-ink: #ffdd94; --bad: #ffb4ab;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; background: var(--back);
  color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  -webkit-text-size-adjust: 100%;
}
main {
  width: 100%; max-width: 484px; background: var(--card); border: 1px solid var(--line); border-radius: 16px;
  overflow: hidden; box-shadow: 0 12px 40px rgb(0 0 0 / .08);
}
.sandbox {
  margin: 0; padding: 10px 24px; background: var(--warn-back); color: var(--warn-ink); font-size: 13px;
}
.content { padding: 24px; }
.parties { display: flex; align-items: center; gap: 10px; margin-bottom: 16px; }
.mark {
  flex: none; width: 44px; height: 44px; border-radius: 12px; display: grid; place-items: center; font-weight: 700;
  font-size: 18px; background: var(--accent); color: var(--on-accent);
}
.mark.app { background: var(--tint); color: var(--accent); }
.parties .link { flex: none; width: 28px; border-top: 2px dotted var(--soft); }
h1 { font-size: 21px; line-height: 1.3; margin: 0 0 6px; letter-spacing: -.01em; overflow-wrap: anywhere; }
p { margin: 0; }
.soft { text-wrap: balance; color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
fieldset { border: 0; margin: 22px 0 0; padding: 0; min-width: 0; }
legend { padding: 0; margin-bottom: 8px; font-weight: 600; font-size: 14px; }
.rows { border: 1px solid var(--line); border-radius: 12px; overflow: hidden; margin: 0; padding: 0; list-style: none; }
.row { display: flex; gap: 12px; align-items: flex-start; padding: 11px 14px; }
.row + .row { border-top: 1px solid var(--line); }
label.row { cursor: pointer; }
label.row:hover { background: var(--field); }
label.row:has(:checked) { background: var(--tint); }
.row input { flex: none; width: 18px; height: 18px; margin: 2px 0 0; accent-color: var(--accent); }
.row .tick { flex: none; width: 18px; text-align: center; color: var(--accent); font-weight: 700; }
.row > span { min-width: 0; }
.row b { display: block; font-weight: 500; overflow-wrap: anywhere; }
.row code, .reason code { font: 12px/1.4 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.row code, .row small { color: var(--soft); font-size: 12px; }
.actions { display: flex; gap: 10px; margin-top: 24px; }
button {
  flex: 1; min-height: 44px; font: inherit; font-weight: 600; border-radius: 10px; cursor: pointer; padding: 8px 14px;
  border: 1px solid var(--line); background: var(--card); color: var(--ink);
}
button:hover { background: var(--field); }
button.allow { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
button.allow:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.foot { margin-top: 16px; font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
.reason { margin-top: 18px; padding: 12px 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--field); }
.reason b { color: var(--bad); font-weight: 600; display: block; }
@media (max-width: 420px) {
  body { padding: 0; place-items: stretch; }
  main { border: 0; border-radius: 0; box-shadow: none; }
  .content, .sandbox { padding-left: 18px; padding-right: 18px; }
}
`;
