import type { ScenarioResult } from '../result.ts';
import { type Chart, chartHtml, escapeHtml, PLOT } from './chart.ts';
import { resultCharts } from './charts.ts';
import { SCRIPT, STYLE } from './page.ts';
import { type Cell, isContent, resultSections, resultSummary, type Section } from './sections.ts';

function cellHtml({ text, tone }: Cell): string {
  const style = tone === 'plain' ? '' : ` class="${tone}"`;
  return `<td${style}>${escapeHtml(text)}</td>`;
}

function sectionHtml(section: Section): string {
  const heads = [section.title, ...section.heads].map((head) => `<th>${escapeHtml(head)}</th>`);
  const rows = section.rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`);
  return `<section><table><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

/** Seven digits are more than a screen can tell apart, and keep the file small. */
function shortNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(7))
    : value;
}

/** What the script needs of the charts. `<` is escaped: no text can end the element. */
function dataHtml(charts: readonly Chart[]): string {
  const data = charts.map(({ id, kind, timeMs, endMs, series }) => ({
    id,
    kind,
    timeMs,
    endMs,
    series: series.map(({ name, values }) => ({ name, values })),
  }));
  const json = JSON.stringify({ plot: PLOT, charts: data }, shortNumber);
  return `<script type="application/json" id="data">${json.replaceAll('<', '\\u003c')}</script>`;
}

function verdict(result: ScenarioResult): string {
  if (result.status === 'skipped') return '<div class="verdict bad">skipped</div>';
  return isContent(result)
    ? '<div class="verdict good">every check holds</div>'
    : '<div class="verdict bad">some checks fail</div>';
}

/** A report of one run as one HTML file that needs no network. */
export function resultHtml(result: ScenarioResult): string {
  const charts = resultCharts(result);
  const name = escapeHtml(result.name);
  const notes = [resultSummary(result), result.description, ...result.notes, ...result.skipped]
    .filter((note) => note !== '')
    .map((note) => `<p>${escapeHtml(note)}</p>`);
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${name} – Plimsoll</title><style>${STYLE}</style></head><body><main>`,
    `<header><h1>${name}</h1>${notes.join('')}${verdict(result)}</header>`,
    `<div class="grid2">${charts.map(chartHtml).join('')}</div>`,
    `<div class="grid2">${resultSections(result).map(sectionHtml).join('')}</div>`,
    '</main>',
    charts.length === 0 ? '' : `${dataHtml(charts)}<script>${SCRIPT}</script>`,
    '</body></html>\n',
  ].join('\n');
}
