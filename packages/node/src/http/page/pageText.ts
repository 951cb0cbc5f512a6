/** The mark on a ship's hull: a circle and the line through it. */
const MARK =
  '<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><circle cx="12" cy="12" r="7.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M1 12h22" stroke="currentColor" stroke-width="2"/></svg>';

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="7.5" fill="none" stroke="#0b7a75" stroke-width="2.4"/><path d="M1 12h22" stroke="#0b7a75" stroke-width="2.4"/></svg>',
)}`;

/** The page around its style and its script. */
export function pageText(parts: { readonly style: string; readonly script: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Plimsoll</title>
<link rel="icon" href="${ICON}">
<style>${parts.style}</style>
</head>
<body>
<header>
  <div class="brand">${MARK}<h1>Plimsoll</h1><span id="network" class="chip">…</span></div>
  <nav>
    <span id="link" class="state" role="status">connecting</span>
    <a href="/docs">API</a><a href="/openapi.json">OpenAPI</a><a href="/metrics">Metrics</a>
  </nav>
</header>
<main>
  <section class="tiles" aria-label="The network now">
    <div class="tile"><h2>Height</h2><p id="height">–</p><small id="age"></small></div>
    <div class="tile"><h2>Commands</h2><p id="speed">–</p><small>a second, last 10 s</small></div>
    <div class="tile"><h2>Blocks</h2><p id="blockRate">–</p><small>a second, last 10 s</small></div>
    <div class="tile"><h2>Accounts</h2><p id="accounts">–</p><small id="orders"></small></div>
    <div class="tile"><h2>In liquidation</h2><p id="liquidating">–</p><small id="losses"></small></div>
    <div class="tile"><h2>Replica</h2><p id="replica">–</p><small id="replicaNote"></small></div>
  </section>
  <section class="card">
    <h2>Markets</h2>
    <table class="markets"><thead><tr>
      <th>Market</th><th>Mark</th><th class="wide">Last 24 h</th><th>Change</th><th>Index</th>
      <th>Spread</th><th>Funding / h</th><th>Open interest</th>
    </tr></thead><tbody id="markets"></tbody></table>
    <p class="empty" id="marketsEmpty" hidden>No market is listed yet.</p>
  </section>
  <div class="columns">
    <section class="card">
      <h2>Trades</h2>
      <table class="lines"><thead><tr>
        <th>Time</th><th>Market</th><th class="right">Price</th><th class="right">Size</th>
      </tr></thead><tbody id="trades"></tbody></table>
      <p class="empty" id="tradesEmpty" hidden>No trades yet.</p>
    </section>
    <section class="card">
      <h2>Liquidations and losses</h2>
      <div class="below" id="queue"></div>
      <table class="lines"><tbody id="events"></tbody></table>
      <p class="empty" id="eventsEmpty" hidden>None so far.</p>
    </section>
  </div>
  <section class="card">
    <h2>Insurance</h2>
    <table class="lines pools"><thead><tr>
      <th>Pool</th><th class="right">Balance</th><th class="right">Paid, last day</th>
      <th class="right">Daily cap</th><th class="right">Bad debt</th>
    </tr></thead><tbody id="pools"></tbody></table>
  </section>
</main>
<footer>
  <span id="genesis"></span>
  <span>State is public; every balance can be proved. Times are block times.</span>
</footer>
<noscript>This page needs JavaScript; the same figures are at <a href="/docs">/docs</a>.</noscript>
<script>${parts.script}</script>
</body>
</html>
`;
}
