/** The style of a report: no font, image or color from elsewhere; light and dark by preference. */
export const STYLE: string = `
:root{color-scheme:light dark;--page:#f6f6f4;--card:#fff;--ink:#1b1b1a;--soft:#5f5e5a;--rule:#e4e3df;
--axis:#b9b8b2;--good:#14713d;--bad:#b3261e;
--c1:#2a78d6;--c2:#eb6834;--c3:#1baf7a;--c4:#c98500;--c5:#6b5bd0;--c6:#d43f6f;--c7:#5f6b7a;
--h0:#7f1010;--h1:#c62828;--h2:#d9601a;--h3:#c07a08;--h4:#8a7a1c;--h5:#2f7d5b;--h6:#23788a;--h7:#2a68b0;
--h8:#2a5aa8;--h9:#27509a}
@media (prefers-color-scheme:dark){:root{--page:#161615;--card:#1f1f1e;--ink:#eeede8;--soft:#a3a19a;
--rule:#33322f;--axis:#5c5a55;--good:#5bc98a;--bad:#ff8a80;
--c1:#5a9eea;--c2:#f08a5d;--c3:#35c492;--c4:#dfa92e;--c5:#9a8df0;--c6:#ee6f98;--c7:#9aa6b5;
--h0:#ff5a5a;--h1:#ff7b72;--h2:#f79256;--h3:#eab14f;--h4:#cfc35a;--h5:#64c79a;--h6:#59bfd0;--h7:#6aabf0;
--h8:#6a9df0;--h9:#7a94f0}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",
"Liberation Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 20px 48px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}
p{margin:4px 0;color:var(--soft);max-width:78ch}
.verdict{display:inline-block;margin:10px 0 0;padding:2px 12px;border-radius:99px;font-weight:600;
border:1.5px solid currentColor}
.grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:16px;margin-top:20px}
figure,section{background:var(--card);border:1px solid var(--rule);border-radius:10px;margin:0;padding:16px;
min-width:0;position:relative}
figcaption span{color:var(--soft);font-size:13px}
svg{display:block;width:100%;height:auto;margin-top:6px;touch-action:pan-y}
.grid{stroke:var(--rule);stroke-width:1}
.axis{stroke:var(--axis);stroke-width:1}
.tick{fill:var(--soft);font-size:11.5px;font-variant-numeric:tabular-nums}
.line{fill:none;stroke:var(--c);stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
svg .wide{stroke-width:5;opacity:.42}
.cell{fill:var(--c);shape-rendering:crispEdges}
.area{fill:var(--c);stroke:var(--card);stroke-width:.4}
.cursor{stroke:var(--ink);stroke-width:1;opacity:.5;pointer-events:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 14px;margin:6px 0 0;padding:0;font-size:13px;
color:var(--soft)}
.swatch{display:inline-block;width:11px;height:11px;border-radius:3px;background:var(--c);margin-right:6px;
vertical-align:-1px}
.tip{position:fixed;z-index:9;pointer-events:none;background:var(--card);color:var(--ink);
border:1px solid var(--axis);border-radius:8px;padding:7px 10px;font-size:12.5px;line-height:1.45;
box-shadow:0 4px 16px rgb(0 0 0/.18);max-width:320px}
.tip b{display:block;font-weight:600}
.tip div{display:flex;justify-content:space-between;gap:16px;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{padding:5px 0 5px 14px;border-bottom:1px solid var(--rule);text-align:right;vertical-align:top;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
th{font-weight:600;white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0;overflow-wrap:normal}
tr:last-child td{border-bottom:0}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}.muted{color:var(--soft)}
.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}.c6{--c:var(--c6)}
.c7{--c:var(--c7)}
.s-cancel{--c:var(--c7)}.s-closeOut{--c:var(--c1)}.s-fundTrade{--c:var(--c3)}
.s-adl{--c:var(--c2)}.s-socialize{--c:var(--c6)}
.h0{--c:var(--h0)}.h1{--c:var(--h1)}.h2{--c:var(--h2)}.h3{--c:var(--h3)}.h4{--c:var(--h4)}.h5{--c:var(--h5)}
.h6{--c:var(--h6)}.h7{--c:var(--h7)}.h8{--c:var(--h8)}.h9{--c:var(--h9)}
@media print{body{background:#fff}figure,section{break-inside:avoid}}
`;

/** Shows the values under the pointer. Without scripts the report is whole, but for this. */
export const SCRIPT: string = `
(() => {
  const { plot, charts } = JSON.parse(document.getElementById('data').textContent);
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  document.body.append(tip);
  const text = (value) =>
    value === null ? '–' : value.toLocaleString('en-US', { maximumSignificantDigits: 7 });
  for (const chart of charts) {
    const figure = document.getElementById(chart.id);
    const svg = figure.querySelector('svg');
    const cursor = svg.querySelector('.cursor');
    const from = chart.timeMs[0];
    const span = Math.max(1, chart.endMs - from);
    const width = plot.width - plot.left - plot.right;
    const hide = () => {
      tip.hidden = true;
      cursor.setAttribute('x1', -9);
      cursor.setAttribute('x2', -9);
    };
    const show = (event) => {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * plot.width;
      const time = from + ((x - plot.left) / width) * span;
      if (time < from - span / 50 || time > chart.endMs + span / 50) return hide();
      let at = chart.timeMs.findIndex((one) => one > time);
      if (at < 0) at = chart.timeMs.length;
      const isNearer = time - chart.timeMs[at - 1] < chart.timeMs[at] - time;
      if (at > 0 && (chart.kind !== 'lines' || at === chart.timeMs.length || isNearer)) at--;
      const place = plot.left + ((chart.timeMs[at] - from) / span) * width;
      cursor.setAttribute('x1', place);
      cursor.setAttribute('x2', place);
      const head = document.createElement('b');
      head.textContent = new Date(chart.timeMs[at]).toISOString().slice(0, 19).replace('T', ' ') + ' UTC';
      const rows = chart.series.map(({ name, values }) => {
        const row = document.createElement('div');
        for (const part of [name, text(values[at])]) {
          const cell = document.createElement('span');
          cell.textContent = part;
          row.append(cell);
        }
        return row;
      });
      tip.replaceChildren(head, ...rows);
      tip.hidden = false;
      const right = event.clientX + 16 + tip.offsetWidth > window.innerWidth;
      tip.style.left = (right ? event.clientX - 16 - tip.offsetWidth : event.clientX + 16) + 'px';
      tip.style.top = Math.max(8, Math.min(event.clientY + 12, window.innerHeight - tip.offsetHeight - 8)) + 'px';
    };
    svg.addEventListener('pointermove', show);
    svg.addEventListener('pointerleave', hide);
  }
})();
`;
