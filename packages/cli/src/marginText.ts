import { toDouble } from '@plimsoll/api/units';
import {
  type Cell,
  decimalText,
  moneyText,
  type PortfolioMargin,
  type Section,
  sectionsText,
} from '@plimsoll/simulator';

/** Writes figures of one portfolio: money from settlement units, prices from price units. */
interface Writer {
  money(units: number): Cell;
  price(instrument: number, units: number | null): Cell;
  lots(instrument: number, lots: number): Cell;
  readonly margin: PortfolioMargin;
  readonly asset: string;
}

const plain = (text: string): Cell => ({ text, tone: 'plain' });
const percent = (share: number): Cell => plain(`${decimalText(100 * share)} %`);

/** The margin of a portfolio as tables for a terminal. */
export function marginText(margin: PortfolioMargin): string {
  const isColored = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  const writer = writerOf(margin);
  const sections = [
    accountSection(writer),
    collateralSection(writer),
    ...(margin.explanation.positions.length === 0
      ? []
      : [
          positionSection(writer),
          marginSection(writer),
          priceSection(writer),
          gainSection(writer),
        ]),
    sumSection(writer),
  ];
  const width = process.stdout.columns ?? 110;
  const title = `${margin.portfolio.name}: ${verdict(writer)}`;
  return `${title}\n\n${sectionsText(sections, { isColored, width: Math.max(110, width) })}`;
}

function writerOf(margin: PortfolioMargin): Writer {
  const { asset, decimals } = settlementOf(margin);
  return {
    margin,
    asset,
    money: (units) => {
      const tone = units < 0 ? 'bad' : units === 0 ? 'muted' : 'plain';
      return { text: moneyText(BigInt(Math.trunc(units)), decimals), tone };
    },
    price: (instrument, units) => {
      if (units === null) return { text: 'none', tone: 'muted' };
      return plain(decimalText(units * toDouble(margin.directory.listing(instrument).priceUnit)));
    },
    lots: (instrument, lots) =>
      plain(decimalText(lots * toDouble(margin.directory.listing(instrument).lotSize))),
  };
}

function settlementOf({ portfolio }: PortfolioMargin): { asset: string; decimals: number } {
  const { name, decimals } = portfolio.scenario.settlement;
  return { asset: name, decimals };
}

function verdict(writer: Writer): string {
  const { health, freeMargin, equity } = writer.margin.explanation.figures;
  const text = (units: number): string => `${writer.money(Math.abs(units)).text} ${writer.asset}`;
  if (equity < 0) return `bankrupt, ${text(equity)} short`;
  if (health < 0) return `below maintenance margin by ${text(health)}: it would be liquidated`;
  if (freeMargin < 0) return `below initial margin by ${text(freeMargin)}: it may only reduce`;
  return `healthy, ${text(freeMargin)} of free margin`;
}

function accountSection(writer: Writer): Section {
  const { figures } = writer.margin.explanation;
  const rows: [string, Cell][] = [
    ['equity', writer.money(figures.equity)],
    ['margin balance', writer.money(figures.marginBalance)],
    ['maintenance margin', writer.money(figures.maintenance)],
    ['health: margin balance − maintenance margin', writer.money(figures.health)],
    ['initial balance', writer.money(figures.initialBalance)],
    ['initial margin, open orders included', writer.money(figures.initial)],
    ['free margin: initial balance − initial margin', writer.money(figures.freeMargin)],
    ['notional of all positions', writer.money(figures.notional)],
  ];
  if (figures.equity > 0) {
    rows.push([
      'leverage: notional ÷ equity',
      plain(decimalText(figures.notional / figures.equity)),
    ]);
  }
  return {
    title: 'Account',
    heads: [writer.asset],
    rows: rows.map(([name, cell]) => [plain(name), cell]),
  };
}

function collateralSection(writer: Writer): Section {
  const { margin } = writer;
  const rows = margin.explanation.balances.map((balance) => {
    const name = margin.directory.assets[balance.asset - 1] as string;
    const decimals = margin.portfolio.scenario.assets.find((one) => one.name === name)?.decimals;
    const held = moneyText(BigInt(Math.trunc(balance.held)), decimals ?? 0);
    return [
      plain(balance.debt > 0 ? `${name}, loans taken off` : name),
      plain(held),
      writer.money(balance.value),
      percent(balance.maintenanceWeight),
      writer.money(balance.maintenanceValue),
      percent(balance.initialWeight),
      writer.money(balance.initialValue),
    ];
  });
  const heads = ['held', 'at index', 'weight', 'for maintenance', 'weight', 'for initial'];
  return { title: `Balances, ${writer.asset}`, heads, rows };
}

function positionSection(writer: Writer): Section {
  const { margin } = writer;
  const rows = margin.explanation.positions.map((position) => {
    const { instrument, size } = position;
    const entry = margin.prices.find((one) => one.instrument === instrument)?.entry ?? null;
    return [
      plain(margin.directory.listing(instrument).name),
      writer.lots(instrument, size),
      writer.price(instrument, entry),
      writer.price(instrument, position.markPrice),
      writer.money(position.notional),
      writer.money(position.unrealized),
      writer.money(position.funding),
    ];
  });
  const heads = ['size', 'entry', 'mark', 'notional', 'unrealized', 'funding owed'];
  return { title: `Positions, ${writer.asset}`, heads, rows };
}

function marginSection(writer: Writer): Section {
  const { margin } = writer;
  const rows = margin.explanation.positions.map((position) => [
    plain(margin.directory.listing(position.instrument).name),
    writer.money(position.maintenance),
    writer.lots(position.instrument, position.worstLots),
    writer.money(position.initial),
    writer.money(position.bidLoss + position.askLoss),
    writer.money(position.fee),
    writer.money(position.reserve),
  ]);
  const heads = ['maintenance', 'worst size', 'initial of it', 'orders lose', 'fee', 'initial'];
  return { title: `Margin, ${writer.asset}`, heads, rows };
}

function priceSection(writer: Writer): Section {
  const { margin } = writer;
  const rows = margin.prices.map(({ instrument, liquidation, bankruptcy }) => {
    const mark = margin.explanation.positions.find((one) => one.instrument === instrument);
    const away =
      liquidation === null || mark === undefined
        ? plain('')
        : percent(liquidation / mark.markPrice - 1);
    return [
      plain(margin.directory.listing(instrument).name),
      writer.price(instrument, liquidation),
      away,
      writer.price(instrument, bankruptcy),
    ];
  });
  const heads = ['liquidation, if it alone moves', 'from mark', 'bankruptcy, by share of equity'];
  return { title: 'Prices', heads, rows };
}

function gainSection(writer: Writer): Section {
  const { explanation, portfolio } = writer.margin;
  const rows = explanation.gains.map(({ underlying, netted, counted }) => [
    plain(portfolio.scenario.underlyings[underlying - 1]?.name ?? ''),
    writer.money(netted),
    writer.money(counted),
  ]);
  const heads = ['unrealized, netted', 'counted for initial'];
  return { title: `Gains by underlying, ${writer.asset}`, heads, rows };
}

/** How the figures come of their parts, in the order in which they are added. */
function sumSection(writer: Writer): Section {
  const { balances, positions, gains, figures } = writer.margin.explanation;
  const amount = (units: number): string => writer.money(Math.abs(units)).text;
  const signed = (units: number): string => `${units < 0 ? '−' : '+'} ${amount(units)}`;
  // "1 + 2 − 3": the first without a plus.
  const sum = (parts: readonly number[]): string =>
    parts.length === 0 ? '0.00' : parts.map(signed).join(' ').replace(/^\+ /, '');
  const owed = `${figures.funding < 0 ? '+' : '−'} ${amount(figures.funding)} of funding`;
  const after = `${signed(figures.unrealized)} ${owed}`;
  const rows: [string, string][] = [
    ['margin balance', `(${sum(balances.map((one) => one.maintenanceValue))}) ${after}`],
    ['maintenance margin', sum(positions.map((one) => one.maintenance))],
    [
      'initial balance',
      `(${sum(balances.map((one) => one.initialValue))}) + ` +
        `(${sum(gains.map((one) => one.counted))}) ${owed}`,
    ],
    ['initial margin', sum(positions.map((one) => one.reserve))],
  ];
  return {
    title: 'How they add up',
    heads: [writer.asset],
    rows: rows.map(([name, text]) => [plain(name), plain(text)]),
  };
}
