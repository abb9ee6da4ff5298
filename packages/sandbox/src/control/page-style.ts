/** How the control page looks, in light and dark, from 320 pixels up. */
export const controlStyle = `
:root {
  color-scheme: light dark;
  --back: #f3f4f7; --card: #ffffff; --ink: #171a21; --soft: #565d6d; --line: #dfe2e9; --field: #f8f9fb;
  --accent: #3451d1; --on-accent: #ffffff; --tint: #eef1fd;
  --good: #18794e; --odd: #a15c00; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #0f1116; --card: #191c23; --ink: #eceef3; --soft: #a4abba; --line: #2e333e; --field: #1f232b;
    --accent: #93a7ff; --on-accent: #10142b; --tint: #232a45;
    --good: #7bd8a5; --odd: #f5c26b; --bad: #ffb4ab;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--back); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100%;
}
header { display: flex; align-items: baseline; gap: 4px 12px; flex-wrap: wrap; padding: 16px 24px; background: var(--card); border-bottom: 1px solid var(--line); }
h1 { font-size: 18px; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 22px; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
h3 { font-size: 14px; margin: 0; }
p { margin: 0; }
.soft { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.layout { display: grid; grid-template-columns: 268px minmax(0, 1fr); gap: 20px; max-width: 1240px; margin: 0 auto; padding: 20px 24px 40px; align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; }
.card > .head { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding: 12px 16px; border-bottom: 1px solid var(--line); }
.card > .body { padding: 14px 16px; }
main { display: grid; gap: 16px; min-width: 0; }
nav.card { position: sticky; top: 20px; display: flex; flex-direction: column; max-height: calc(100vh - 40px); }
nav .search { padding: 10px; border-bottom: 1px solid var(--line); }
nav ul { list-style: none; margin: 0; padding: 6px; overflow-y: auto; }
nav button {
  display: flex; align-items: center; gap: 9px; width: 100%; min-height: 38px; padding: 6px 10px; border: 0;
  border-radius: 9px; background: none; text-align: left; font-weight: 400;
}
nav button span:nth-child(2) { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav button[aria-current="true"] { background: var(--tint); color: var(--accent); font-weight: 600; }
.dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--good); }
.dot.odd { background: var(--odd); } .dot.bad { background: var(--bad); }
.count { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
button, input, select, textarea {
  font: inherit; color: inherit; border: 1px solid var(--line); border-radius: 9px; background: var(--card);
  min-height: 40px; padding: 6px 12px;
}
input, select, textarea { background: var(--field); width: 100%; min-width: 0; }
button { cursor: pointer; font-weight: 500; }
button:hover { background: var(--field); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.small { min-height: 32px; padding: 2px 10px; font-size: 13px; flex: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.conditions { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 8px; border: 0; margin: 0; padding: 0; }
.conditions label {
  position: relative; display: flex; align-items: center; justify-content: center; min-height: 42px; padding: 4px 8px;
  border: 1px solid var(--line); border-radius: 10px; cursor: pointer; text-align: center; font-size: 14px;
}
.conditions label:hover { background: var(--field); }
.conditions input { position: absolute; inset: 0; opacity: 0; cursor: pointer; min-height: 0; }
.conditions label:has(:checked) { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.conditions label:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.commands { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 12px; }
[hidden] { display: none !important; }
#means { margin-top: 10px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
#credentials td:first-child { width: 38%; }
th { text-align: left; color: var(--soft); font-weight: 500; font-size: 12px; }
th, td { padding: 8px 16px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
th.tight, td.tight { white-space: nowrap; }
td.number { font-variant-numeric: tabular-nums; }
code { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
.good { color: var(--good); font-weight: 600; } .odd-text { color: var(--odd); font-weight: 600; } .bad-text { color: var(--bad); font-weight: 600; }
.value { display: flex; gap: 8px; align-items: flex-start; justify-content: space-between; }
.value code { display: block; white-space: pre-wrap; flex: 1; min-width: 0; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px; align-items: start; }
form { display: grid; gap: 10px; }
label.field { display: grid; gap: 4px; font-size: 13px; color: var(--soft); }
label.field input, label.field select, label.field textarea { color: var(--ink); font-size: 15px; }
.scroll { max-height: 420px; overflow-y: auto; }
.empty { padding: 18px 16px; color: var(--soft); font-size: 14px; }
nav.picker { display: none; }
#result:empty { display: none; }
details summary { cursor: pointer; } details pre { margin: 6px 0 0; font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 720px) {
  header { padding: 14px 16px; }
  .layout { grid-template-columns: minmax(0, 1fr); padding: 14px 12px 32px; gap: 14px; }
  nav.card { display: none; }
  nav.picker { display: block; }
  .conditions { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  th, td { padding: 8px 12px; }
  th.extra, td.extra { display: none; }
}
`;
