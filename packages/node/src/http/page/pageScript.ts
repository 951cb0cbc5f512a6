/** The page's script, second part: what is asked, what is listened to, and what is shown. */
export const pageScript = `
const markets = new Map();
const blocks = [];
const seenTrades = new Set();
let head = { height: 0, timeMs: 0, clockMs: 0 };
let socket = null;
let retryMs = 500;
let lastHeard = 0;

async function ask(path) {
  const response = await fetch(path, { headers: { accept: 'application/json' } });
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.detail), { problem: body });
  return body;
}

/** Asks again and again, more rarely while it fails; only while somebody looks. */
function poll(everyMs, work) {
  let failures = 0;
  const turn = async () => {
    if (!document.hidden) {
      try {
        await work();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures > 1 && !isLive()) state('down', 'no answer');
      }
    }
    setTimeout(turn, everyMs * Math.min(8, 1 + failures));
  };
  turn();
}

function isLive() {
  return socket !== null && socket.readyState === 1;
}

function state(className, text) {
  const link = $('link');
  link.className = 'state ' + className;
  say(link, text);
}

function stamp(answer) {
  if (answer.height < head.height) return;
  head = { height: answer.height, timeMs: answer.timeMs, clockMs: Date.now() };
}

/* WHAT IS ASKED */

async function askNetwork() {
  const answer = await ask('/v1/network');
  stamp(answer);
  say($('network'), answer.network.name);
  say($('genesis'), 'chain ' + answer.network.chainId + ' · genesis ' + answer.network.genesisHash);
  document.title = 'Plimsoll · ' + answer.network.name;
}

async function askStatus() {
  const answer = await ask('/v1/status');
  stamp(answer);
  const { status } = answer;
  say($('accounts'), grouped(String(status.accounts)));
  say($('orders'), grouped(String(status.openOrders)) + ' open orders');
  const losses = status.accountsWithLosses;
  say($('losses'), losses > 0 ? losses + ' with losses to settle'
    : status.isCloseOnly ? 'close-only' : 'no losses open');
  if (!isLive()) {
    state('', 'asking every second');
    count({ height: answer.height, commands: null });
  }
}

async function askReady() {
  let problem = null;
  const answer = await fetch('/readyz').then((response) => response.json());
  if (answer.isReady !== true) problem = answer;
  const figures = problem ? problem.figures || {} : answer;
  const lag = figures.lagBlocks;
  say($('replica'), problem ? 'not ready' : lag > 5 ? lag + ' behind' : 'level');
  $('replica').className = problem ? 'down' : '';
  say($('replicaNote'), problem ? problem.detail : 'same state as the writer');
}

async function askMarkets() {
  const answer = await ask('/v1/markets');
  stamp(answer);
  for (const market of answer.markets) {
    const known = markets.get(market.name);
    if (known && isLive()) {
      // What the stream says is newer.
      Object.assign(known, { ...market, markPrice: known.markPrice, indexPrice: known.indexPrice });
    } else markets.set(market.name, Object.assign(known || { day: [] }, market));
    if (!known) { follow(market.name); askDay(market.name).catch(() => {}); }
  }
  $('marketsEmpty').hidden = markets.size > 0;
  $('tradesEmpty').hidden = $('trades').rows.length > 0;
  for (const market of markets.values()) showMarket(market);
}

async function askDay(name) {
  const market = markets.get(name);
  const fromMs = Math.max(0, head.timeMs - 86400000);
  const query = '?interval=15m&limit=97&fromMs=' + fromMs;
  const answer = await ask('/v1/markets/' + encodeURIComponent(name) + '/candles' + query);
  const candles = answer.candles;
  market.open = candles.length > 0 ? Number(candles[0].open) : null;
  market.day = candles.map((candle) => Number(candle.close));
  if (market.open !== null) market.day.unshift(market.open);
  showMarket(market);
}

async function askTrades() {
  for (const name of [...markets.keys()].slice(0, 8)) {
    const answer = await ask('/v1/markets/' + encodeURIComponent(name) + '/trades?limit=18');
    addTrades(name, answer.trades);
  }
}

async function askLosses() {
  const open = await ask('/v1/liquidations');
  stamp(open);
  showQueue(open.liquidations);
  const past = await ask('/v1/liquidations/history?limit=12');
  showEvents(past.events);
}

async function askPools() {
  const answer = await ask('/v1/pools');
  const rows = [{ name: 'Shared fund', ...answer.fund, badDebt: null }, ...answer.markets];
  for (const pool of rows) {
    const row = rowOf($('pools'), pool.name, ['', '', '', '', '']);
    cell(row, 0, pool.name, 'name');
    cell(row, 1, exact(pool.balance), 'right');
    cell(row, 2, exact(pool.paidLastDay), 'right');
    cell(row, 3, money(pool.dailyCap), 'right dim');
    const owes = pool.badDebt !== null && Number(pool.badDebt.amount) !== 0;
    cell(row, 4, pool.badDebt === null ? '' : exact(pool.badDebt), 'right ' + (owes ? 'down' : 'dim'));
  }
}

/* WHAT IS SHOWN */

const LABELS = ['', '', '', '24 h', 'Index', 'Spread', 'Funding / h', 'Open interest'];

function showMarket(market) {
  const row = rowOf($('markets'), market.name, LABELS);
  const note = market.isHalted ? 'halted' : market.state !== 'open' ? market.state
    : market.indexStatus !== 'ok' ? 'price ' + market.indexStatus : '';
  if (row.cells[0].dataset.text !== market.name + note) {
    row.cells[0].dataset.text = market.name + note;
    row.cells[0].className = 'name';
    row.cells[0].textContent = market.name;
    if (note) row.cells[0].appendChild(document.createElement('small')).textContent = note;
  }
  const decimals = decimalsOf(market.tickSize || market.markPrice);
  const mark = Number(market.markPrice);
  if (cell(row, 1, grouped(market.markPrice, decimals))) moved(row.cells[1], mark > market.shown);
  market.shown = mark;
  spark(row.cells[2], market.markPrice === null ? market.day : [...market.day, mark]);
  const change = market.open && market.markPrice !== null ? mark / market.open - 1 : null;
  cell(row, 3, percent(change, 2), change === null ? 'dim' : change < 0 ? 'down' : 'up');
  cell(row, 4, grouped(market.indexPrice, decimals), 'dim');
  const basis = market.spread !== null && mark > 0 ? Number(market.spread) / mark * 1e4 : null;
  cell(row, 5, basis === null ? '–' : grouped(market.spread) + ' (' + basis.toFixed(1) + ' bp)');
  cell(row, 6, percent(market.fundingRatePerHour, 4));
  const notional = Number(market.openInterest) * mark;
  cell(row, 7, grouped(market.openInterest) + (notional > 0 ? ' · ' + short(notional) : ''));
}

function addTrades(name, trades) {
  const fresh = trades.filter((trade) => !seenTrades.has(name + trade.height + '/' + trade.index));
  fresh.sort((a, b) => a.timeMs - b.timeMs || a.height - b.height || a.index - b.index);
  for (const trade of fresh.slice(-18)) {
    seenTrades.add(name + trade.height + '/' + trade.index);
    const side = trade.takerSide === 'buy' ? 'up' : 'down';
    prepend($('trades'), [
      { text: clock(trade.timeMs), className: 'dim' },
      { text: name + (trade.isLiquidation ? ' · liquidation' : '') },
      { text: grouped(trade.price), className: 'right ' + side },
      { text: grouped(trade.size), className: 'right' },
    ], 18);
  }
  if (seenTrades.size > 5000) seenTrades.clear();
  $('tradesEmpty').hidden = $('trades').rows.length > 0;
}

function showQueue(liquidations) {
  say($('liquidating'), grouped(String(liquidations.length)));
  $('liquidating').className = liquidations.length > 0 ? 'down' : '';
  const stages = { none: 'below maintenance', closeOut: 'close-out', losses: 'losses' };
  const texts = liquidations.slice(0, 12).map(({ account, state: { stage, wait } }) =>
    'account ' + account + ' · ' + stages[stage] + (wait === 'none' ? '' : ' · waits: ' + wait));
  if (liquidations.length > 12) texts.push('and ' + (liquidations.length - 12) + ' more');
  $('queue').replaceChildren(...texts.map((text) => {
    const chip = document.createElement('span');
    chip.className = 'chip';
    chip.textContent = text;
    return chip;
  }));
}

function showEvents(events) {
  const body = $('events');
  const key = events.map((event) => event.height + '/' + event.index).join();
  if (body.dataset.key === key) return;
  body.dataset.key = key;
  body.replaceChildren();
  for (const event of [...events].reverse()) {
    prepend(body, [
      { text: clock(event.timeMs), className: 'dim' },
      { text: sentence(event.text), className: 'text' },
    ], 12);
  }
  $('eventsEmpty').hidden = events.length > 0;
}

/** Blocks of the last ten seconds; a null count is one that polling does not know. */
function count(block) {
  blocks.push({ ...block, atMs: Date.now() });
}

function showSpeed() {
  const nowMs = Date.now();
  while (blocks.length > 0 && nowMs - blocks[0].atMs > 10000) blocks.shift();
  const spanS = blocks.length > 0 ? Math.max(1, (nowMs - blocks[0].atMs) / 1000) : 1;
  const known = blocks.filter((block) => block.commands !== null);
  const commands = known.reduce((sum, block) => sum + block.commands, 0);
  const rose = blocks.length > 0 ? blocks[blocks.length - 1].height - blocks[0].height : 0;
  say($('speed'), isLive() || known.length > 0 ? rate(commands / spanS) : '–');
  say($('blockRate'), rate(rose / spanS));
  if (head.height === 0) return;
  say($('height'), grouped(String(head.height)));
  say($('age'), clock(head.timeMs) + ' · ' + ago(Date.now() - head.timeMs));
}

/* WHAT IS LISTENED TO */

function follow(name) {
  const topics = [{ channel: 'prices', key: name }, { channel: 'trades', key: name }];
  if (isLive()) socket.send(JSON.stringify({ op: 'subscribe', id: 2, topics }));
}

function listen() {
  const url = location.origin.replace('http', 'ws') + '/v1/stream';
  try { socket = new WebSocket(url); } catch { return; }
  const mine = socket;
  mine.onopen = () => {
    lastHeard = Date.now();
    retryMs = 500;
    const topics = [{ channel: 'blocks' }, { channel: 'liquidations' }];
    mine.send(JSON.stringify({ op: 'subscribe', id: 1, topics }));
    for (const name of markets.keys()) follow(name);
    state('live', 'live');
  };
  mine.onmessage = (event) => {
    lastHeard = Date.now();
    hear(JSON.parse(event.data));
  };
  mine.onclose = () => {
    if (socket !== mine) return;
    socket = null;
    state('', 'asking every second');
    setTimeout(listen, retryMs);
    retryMs = Math.min(retryMs * 2, 15000);
  };
}

function hear(message) {
  if (message.type !== 'update' && message.type !== 'snapshot') return;
  stamp(message);
  if (message.channel === 'blocks') {
    if (message.type === 'update') count(message);
  } else if (message.channel === 'prices') {
    const market = markets.get(message.key);
    if (!market) return;
    const { indexPrice, markPrice, indexStatus, fundingRatePerHour, openInterest } = message;
    Object.assign(market, { indexPrice, markPrice, indexStatus, fundingRatePerHour, openInterest });
    market.isStale = true;
  } else if (message.channel === 'trades') addTrades(message.key, message.trades);
  else if (message.channel === 'liquidations') losses();
}

/** At most once a second: a crash says much in little time. */
let lossesAt = 0;
function losses() {
  if (lossesAt > Date.now()) return;
  const waitMs = Math.max(0, lossesAt + 1000 - Date.now());
  lossesAt = Date.now() + waitMs;
  setTimeout(() => askLosses().catch(() => {}), waitMs);
}

/** Prices may come with every block; the eye needs four a second. */
setInterval(() => {
  for (const market of markets.values()) {
    if (!market.isStale) continue;
    market.isStale = false;
    showMarket(market);
  }
  showSpeed();
}, 250);

/** A connection that is silent though blocks are made is a dead one. */
setInterval(() => {
  if (isLive() && Date.now() - lastHeard > 45000) socket.close();
}, 5000);

poll(60000, askNetwork);
poll(1000, askStatus);
poll(5000, askReady);
poll(2000, askMarkets);
poll(5000, askLosses);
poll(5000, askPools);
poll(1500, async () => { if (!isLive()) await askTrades(); });
poll(60000, async () => { for (const name of markets.keys()) await askDay(name); });
listen();
`;
