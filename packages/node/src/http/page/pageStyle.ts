/** Light and dark by the reader's own setting; figures in columns of equal digits. */
export const pageStyle = `
:root {
  --ground: #f4f6f8; --card: #ffffff; --line: #e2e7ec; --text: #17202a; --dim: #66727f;
  --accent: #0b7a75; --up: #12805c; --down: #c0392b; --warn: #9a6700; --row: #f8fafb;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1217; --card: #141b22; --line: #25303a; --text: #e4eaf0; --dim: #8b98a5;
    --accent: #3fbfb7; --up: #3fb98a; --down: #ef6f5e; --warn: #d9a441; --row: #18212a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
header, main, footer { max-width: 1240px; margin: 0 auto; padding: 0 20px; }
header {
  display: flex; flex-wrap: wrap; gap: 10px 24px; align-items: center;
  justify-content: space-between; padding-top: 18px; padding-bottom: 14px;
}
.brand { display: flex; align-items: center; gap: 10px; color: var(--accent); }
h1 { font-size: 20px; font-weight: 650; letter-spacing: -0.01em; margin: 0; color: var(--text); }
.chip {
  font: 12px var(--mono); color: var(--dim); border: 1px solid var(--line); border-radius: 99px;
  padding: 2px 9px; background: var(--card);
}
nav { display: flex; gap: 18px; align-items: center; font-size: 14px; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
.state { color: var(--dim); display: inline-flex; align-items: center; gap: 7px; }
.state::before { content: ''; width: 8px; height: 8px; border-radius: 50%; background: var(--warn); }
.state.live::before { background: var(--up); }
.state.down::before { background: var(--down); }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: 12px; margin-bottom: 14px; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 12px 14px; min-width: 0; }
.tile h2, .card h2, th {
  font-size: 12px; font-weight: 600; color: var(--dim); margin: 0; letter-spacing: 0.02em;
}
.tile p {
  margin: 3px 0 0; font-size: 23px; font-weight: 600; letter-spacing: -0.02em;
  font-variant-numeric: tabular-nums; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
}
.tile small { color: var(--dim); font-size: 12.5px; display: block; min-height: 18px; }
.card { padding: 14px 16px 8px; margin-bottom: 14px; min-width: 0; }
.card h2 { font-size: 14px; color: var(--text); margin-bottom: 8px; letter-spacing: 0; }
.columns { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 14px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; padding: 5px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 7px 8px; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.markets th:nth-child(n + 4), .markets td:nth-child(n + 4), .right { text-align: right; }
.markets th:nth-child(2), .markets td:nth-child(2) { text-align: right; }
.markets th:nth-child(3) { padding-left: 28px; }
.markets td:nth-child(3) { padding-left: 28px; width: 190px; }
.markets td:nth-child(2) { font-weight: 600; }
.lines td { padding-top: 4px; padding-bottom: 4px; font-size: 14px; }
.lines td.text { white-space: normal; overflow-wrap: anywhere; }
.name { font-weight: 600; }
.name small {
  margin-left: 7px; font-weight: 500; font-size: 11.5px; color: var(--warn);
}
.dim { color: var(--dim); }
.up { color: var(--up); }
.down { color: var(--down); }
.warn { color: var(--warn); }
.empty { color: var(--dim); margin: 8px 0 10px; font-size: 14px; }
.below { display: flex; flex-wrap: wrap; gap: 6px; }
.below:not(:empty) { margin-bottom: 8px; }
.below .chip { color: var(--down); }
svg.spark { display: block; width: 150px; height: 28px; overflow: visible; }
svg.spark path { fill: none; stroke: currentColor; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
footer {
  display: flex; flex-wrap: wrap; justify-content: space-between; gap: 6px 24px; color: var(--dim);
  font-size: 12.5px; padding-top: 4px; padding-bottom: 28px;
}
#genesis { font-family: var(--mono); overflow-wrap: anywhere; }
noscript { display: block; padding: 20px; text-align: center; }
@media (max-width: 1020px) {
  .tiles { grid-template-columns: repeat(3, 1fr); }
  .columns { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .markets th:nth-child(3), .markets td:nth-child(3) { display: none; }
}
@media (max-width: 680px) {
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  nav { gap: 14px; }
  .tiles { grid-template-columns: repeat(2, 1fr); gap: 8px; }
  .tile p { font-size: 20px; }
  .card { padding: 12px 12px 6px; }
  .markets thead { display: none; }
  .markets tr {
    display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 2px 18px; padding: 9px 0;
    border-bottom: 1px solid var(--line);
  }
  .markets tr:last-child { border-bottom: 0; }
  .markets td {
    display: flex; justify-content: space-between; padding: 0; border: 0; font-size: 13.5px;
  }
  .markets td[data-label]::before { content: attr(data-label); color: var(--dim); font-weight: 400; }
  .markets td:first-child { font-size: 15px; justify-content: flex-start; align-items: baseline; }
  .markets td:last-child { grid-column: 1 / -1; }
  .markets td:nth-child(2) { justify-content: flex-end; font-size: 15px; }
  .lines td, .lines th { padding-left: 4px; padding-right: 4px; font-size: 13px; }
  .pools :is(th, td):nth-child(3), .pools :is(th, td):nth-child(4) { display: none; }
  .lines :is(th, td):first-child { padding-left: 0; }
  .lines :is(th, td):last-child { padding-right: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  td.rose { animation: rose 1.2s ease-out; }
  td.fell { animation: fell 1.2s ease-out; }
  @keyframes rose { from { color: var(--up); } }
  @keyframes fell { from { color: var(--down); } }
}
`;
