/** The page's script, first part: how figures are written, and how rows are kept. */
export const pageFormat = `
const $ = (id) => document.getElementById(id);

/** '1234.5600' with 2 → '1,234.56': cut, not rounded; it is text and stays exact. */
function grouped(text, decimals) {
  if (text === null || text === undefined) return '–';
  const negative = String(text).startsWith('-');
  const [whole, part = ''] = String(text).replace('-', '').split('.');
  let out = '';
  for (let i = 0; i < whole.length; i++) {
    if (i > 0 && (whole.length - i) % 3 === 0) out += ',';
    out += whole[i];
  }
  const cut = decimals === undefined ? part : part.slice(0, decimals).padEnd(decimals, '0');
  return (negative ? '−' : '') + out + (cut === '' ? '' : '.' + cut);
}

function decimalsOf(text) {
  const at = text === null || text === undefined ? -1 : String(text).indexOf('.');
  return at < 0 ? 0 : String(text).length - at - 1;
}

/** 12345678.9 → '12.35 M', for sizes that are only looked at. */
function short(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(size)) return '–';
  if (size >= 1e9) return (value / 1e9).toFixed(2) + ' B';
  if (size >= 1e6) return (value / 1e6).toFixed(2) + ' M';
  if (size >= 1e4) return (value / 1e3).toFixed(1) + ' k';
  return grouped(String(Math.round(value * 100) / 100));
}

function money(amount) {
  if (!amount) return '–';
  return short(Number(amount.amount)) + ' ' + amount.asset;
}

function exact(amount) {
  if (!amount) return '–';
  return grouped(amount.amount, Number(amount.amount) === 0 ? 0 : 2) + ' ' + amount.asset;
}

/** A fraction as percent with its sign. */
function percent(value, digits) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value * 100).toFixed(digits);
  if (Number(text) === 0) return text + ' %';
  return (value > 0 ? '+' : '−') + text + ' %';
}

function rate(value) {
  if (value === null) return '–';
  if (value === 0) return '0';
  return value >= 100 ? grouped(String(Math.round(value))) : value.toFixed(1);
}

/** 'liquidationEnded: account 20' → 'Liquidation ended: account 20'. */
function sentence(text) {
  const at = text.indexOf(':');
  if (at < 0) return text;
  let kind = '';
  for (const letter of text.slice(0, at)) {
    kind += letter >= 'A' && letter <= 'Z' ? ' ' + letter.toLowerCase() : letter;
  }
  return kind.slice(0, 1).toUpperCase() + kind.slice(1) + text.slice(at);
}

function clock(timeMs) {
  return new Date(timeMs).toLocaleTimeString([], { hour12: false });
}

function ago(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 120) return seconds + ' s ago';
  if (seconds < 7200) return Math.round(seconds / 60) + ' min ago';
  if (seconds < 172800) return Math.round(seconds / 3600) + ' h ago';
  return Math.round(seconds / 86400) + ' days ago';
}

/** Writes a text only where it changed: nothing flickers, and a selection stays. */
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function cell(row, index, text, className) {
  const td = row.cells[index];
  const changed = td.textContent !== '' && td.textContent !== text;
  say(td, text);
  if (className !== undefined && td.className !== className) td.className = className;
  return changed;
}

/** Says by its color, for a moment, which way a figure went; reading the width starts it anew. */
function moved(td, isUp) {
  td.classList.remove('rose', 'fell');
  void td.offsetWidth;
  td.classList.add(isUp ? 'rose' : 'fell');
}

/** The row of a key in a table's body, made with so many cells if it is new. */
function rowOf(body, key, labels) {
  for (const row of body.rows) if (row.dataset.key === key) return row;
  const row = body.insertRow();
  row.dataset.key = key;
  for (const label of labels) {
    const td = row.insertCell();
    if (label !== '') td.dataset.label = label;
  }
  return row;
}

/** A line of texts on top of a table; the oldest below fall off. */
function prepend(body, texts, most) {
  const row = body.insertRow(0);
  for (const each of texts) {
    const td = row.insertCell();
    td.textContent = each.text;
    if (each.className) td.className = each.className;
  }
  while (body.rows.length > most) body.deleteRow(body.rows.length - 1);
}

const SVG = 'http://www.w3.org/2000/svg';

function spark(td, values) {
  if (values.length < 2) return;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const points = values.map((value, i) =>
    (i / (values.length - 1) * 150).toFixed(1) + ',' + (26 - (value - low) / span * 24).toFixed(1));
  let svg = td.querySelector('svg');
  if (!svg) {
    td.textContent = '';
    svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 150 28');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    svg.appendChild(document.createElementNS(SVG, 'path'));
    td.appendChild(svg);
  }
  const isUp = values[values.length - 1] >= values[0];
  svg.setAttribute('class', 'spark ' + (isUp ? 'up' : 'down'));
  svg.setAttribute('aria-label', 'price of the last day, ' + (isUp ? 'rising' : 'falling'));
  svg.firstChild.setAttribute('d', 'M' + points.join('L'));
}
`;
