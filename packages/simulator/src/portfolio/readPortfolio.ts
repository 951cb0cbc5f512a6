import { readFileSync } from 'node:fs';
import { toAmount } from '@plimsoll/api/units';
import { PortfolioFileError, ScenarioFileError, type ScenarioProblem } from '../errors.ts';
import { resolveScenario } from '../scenarios/resolveScenario.ts';
import type { Scenario, ScenarioOrder } from '../scenarios/scenario.ts';
import type { ScenarioFile } from '../scenarios/scenarioFile.ts';
import { schemaProblems } from '../scenarios/schemaProblems.ts';
import type { PortfolioFile } from './portfolioFile.ts';
import { portfolioSchema } from './schema.ts';

/** The name of the one account. */
export const ACCOUNT = 'account';

/** A portfolio that can be measured: the market as a scenario, with the account in it. */
export interface Portfolio {
  readonly name: string;
  readonly fileName: string;
  readonly scenario: Scenario;
  /** What the account owes, in asset units. */
  readonly loans: readonly { readonly asset: string; readonly amount: bigint }[];
  readonly orders: readonly PortfolioOrderUnits[];
  readonly ownRatePpm: number;
}

/** An open order in lots and price units. */
export interface PortfolioOrderUnits extends ScenarioOrder {
  readonly isReduceOnly: boolean;
}

/** Reads a portfolio from disk. Every mistake of its author is a PortfolioFileError. */
export function readPortfolio(path: string): Portfolio {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PortfolioFileError(path, [{ path: '', message: `cannot be read: ${reason}` }]);
  }
  return parsePortfolio(text, path);
}

/** Reads the text of a portfolio file: JSON, then schema, then references and figures. */
export function parsePortfolio(text: string, fileName: string): Portfolio {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PortfolioFileError(fileName, [{ path: '', message: `is not JSON: ${reason}` }]);
  }
  const problems = schemaProblems(portfolioSchema(), value);
  if (problems.length > 0) throw new PortfolioFileError(fileName, problems);
  return resolvePortfolio(value as PortfolioFile, fileName);
}

function resolvePortfolio(file: PortfolioFile, fileName: string): Portfolio {
  const scenario = resolved(file, fileName);
  const problems = crossedOrders(scenario.orders);
  if (problems.length > 0) throw new PortfolioFileError(fileName, problems);
  const loans = Object.entries(file.loans ?? {}).map(([asset, text]) => {
    const decimals = scenario.assets.find((one) => one.name === asset)?.decimals ?? 0;
    return { asset, amount: toAmount(text, decimals) };
  });
  return {
    name: file.name ?? fileName,
    fileName,
    scenario,
    loans,
    orders: scenario.orders.map((order, at) => ({
      ...order,
      isReduceOnly: file.orders?.[at]?.isReduceOnly ?? false,
    })),
    ownRatePpm: file.ownRatePpm ?? 0,
  };
}

/** The market and the account as a scenario; mistakes are reported where they stand in the file. */
function resolved(file: PortfolioFile, fileName: string): Scenario {
  try {
    const loans = { name: 'loans', balances: file.loans ?? {} };
    const whole = resolveScenario(
      { ...asScenario(file), accounts: [account(file), loans] },
      fileName,
    );
    return { ...whole, accounts: whole.accounts.slice(0, 1) };
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error;
    throw new PortfolioFileError(fileName, error.problems.map(placedInPortfolio));
  }
}

function account(file: PortfolioFile): NonNullable<ScenarioFile['accounts']>[number] {
  return {
    name: ACCOUNT,
    balances: file.balances ?? {},
    positions: file.positions ?? [],
  };
}

function asScenario(file: PortfolioFile): ScenarioFile {
  const lent = new Set(Object.keys(file.loans ?? {}));
  return {
    name: file.name ?? 'portfolio',
    ...(file.settlement === undefined ? {} : { settlement: file.settlement }),
    // What is owed was borrowed, so that its lending market is open.
    assets: file.assets.map((asset) =>
      lent.has(asset.name)
        ? { ...asset, parameters: { ...asset.parameters, isLendingOpen: 1 } }
        : asset,
    ),
    underlyings: file.underlyings.map(({ price: _price, ...underlying }) => underlying),
    instruments: file.instruments ?? [],
    parameters: file.parameters ?? {},
    publishers: [{ name: 'price' }],
    orders: (file.orders ?? []).map(({ isReduceOnly: _flag, ...order }) => ({
      account: ACCOUNT,
      ...order,
    })),
    prices: file.underlyings.map(({ name, price }) => ({
      underlying: name,
      path: { kind: 'points', points: [{ timeMs: 0, price }] },
    })),
  };
}

/** A problem of the scenario that a portfolio stands for, at its place in the portfolio. */
function placedInPortfolio({ path, message }: ScenarioProblem): ScenarioProblem {
  const placed = path
    .replace(/^\/accounts\/0\//, '/')
    .replace(/^\/accounts\/1\/balances\//, '/loans/')
    .replace(/^\/prices\/(\d+)\/path\/points\/0\/price$/, '/underlyings/$1/price');
  return { path: placed, message };
}

/** The account's own orders must not trade with each other. */
function crossedOrders(orders: readonly ScenarioOrder[]): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  orders.forEach((order, at) => {
    const crosses = orders.some(
      (other) =>
        order.side === 'buy' &&
        other.side === 'sell' &&
        other.instrument === order.instrument &&
        other.price <= order.price,
    );
    if (crosses) {
      const message = 'would trade with a sell order of the same account at or below its price';
      problems.push({ path: `/orders/${at}/price`, message });
    }
  });
  return problems;
}
