import { toAmount, toLots, toPriceUnits } from '@plimsoll/api/units';
import type { Problems } from './problems.ts';
import type { AccountNames } from './resolveAccounts.ts';
import type { Listings } from './resolveListings.ts';
import type {
  DepthLadder,
  ScenarioDepth,
  ScenarioInstrument,
  ScenarioOrder,
  ScenarioPools,
} from './scenario.ts';
import type { DepthProfile, ScenarioFile } from './scenarioFile.ts';

/** Ladders by name. `deep` reaches 2 % to each side, `thin` is gone after one large order. */
const LADDERS = {
  deep: { levels: 40, halfSpreadBp: 2, spacingBp: 5, notional: '250000', growth: 1.1 },
  thin: { levels: 10, halfSpreadBp: 5, spacingBp: 20, notional: '20000', growth: 1 },
} as const;

interface Context {
  readonly listings: Listings;
  readonly accounts: AccountNames;
  readonly durationMs: number;
}

function instrumentAt(
  name: string,
  at: { readonly path: string; readonly context: Context },
  problems: Problems,
): ScenarioInstrument | undefined {
  const { instruments } = at.context.listings;
  problems.expectKnown(name, new Set(instruments.keys()), {
    path: at.path,
    noun: 'instrument',
  });
  return instruments.get(name);
}

/** Adds a problem unless the scenario has an account of that name. */
export function expectAccount(
  name: string,
  at: { readonly path: string; readonly accounts: AccountNames },
  problems: Problems,
): void {
  const listed = at.accounts.listed.slice(0, 12).join(', ') || 'none';
  const message = `no account is called "${name}"; known: ${listed}`;
  problems.expect(at.accounts.has(name), at.path, message);
}

function resolveOrders(file: ScenarioFile, context: Context, problems: Problems): ScenarioOrder[] {
  return (file.orders ?? []).map((spec, index) => {
    const path = `/orders/${index}`;
    expectAccount(spec.account, { path: `${path}/account`, ...context }, problems);
    const at = { path: `${path}/instrument`, context };
    const listing = instrumentAt(spec.instrument, at, problems);
    const { account, instrument, side } = spec;
    if (listing === undefined) return { account, instrument, side, lots: 0, price: 0 };
    return {
      account,
      instrument,
      side,
      lots: problems.convert(`${path}/size`, 0, () => toLots(spec.size, listing.lotSize)),
      price: problems.convert(`${path}/price`, 0, () =>
        toPriceUnits(spec.price, listing.priceUnit),
      ),
    };
  });
}

function resolveLadder(
  profile: DepthProfile,
  at: { readonly path: string; readonly context: Context },
  problems: Problems,
): DepthLadder | null {
  if (profile === 'empty') return null;
  const ladder = typeof profile === 'string' ? LADDERS[profile] : profile;
  const { decimals } = at.context.listings.settlement;
  return {
    levels: ladder.levels,
    halfSpreadBp: ladder.halfSpreadBp,
    spacingBp: ladder.spacingBp,
    growth: ladder.growth ?? 1,
    notional: problems.convert(`${at.path}/notional`, 0n, () =>
      toAmount(ladder.notional, decimals),
    ),
  };
}

function resolveDepth(file: ScenarioFile, context: Context, problems: Problems): ScenarioDepth[] {
  return (file.depth ?? []).map((spec, index) => {
    const path = `/depth/${index}`;
    instrumentAt(spec.instrument, { path: `${path}/instrument`, context }, problems);
    if (spec.account !== undefined) {
      expectAccount(spec.account, { path: `${path}/account`, ...context }, problems);
    }
    const fromMs = spec.fromMs ?? 0;
    const untilMs = spec.untilMs ?? Number.MAX_SAFE_INTEGER;
    problems.expect(fromMs < untilMs, `${path}/untilMs`, `must be above fromMs (${fromMs})`);
    return {
      instrument: spec.instrument,
      account: spec.account ?? null,
      ladder: resolveLadder(spec.profile, { path: `${path}/profile`, context }, problems),
      requoteEveryMs: spec.requoteEveryMs ?? null,
      fromMs,
      untilMs,
    };
  });
}

function resolvePools(file: ScenarioFile, context: Context, problems: Problems): ScenarioPools {
  const { decimals } = context.listings.settlement;
  const shared = file.pools?.shared ?? '0';
  return {
    shared: problems.convert('/pools/shared', 0n, () => toAmount(shared, decimals)),
    instruments: Object.entries(file.pools?.instruments ?? {}).map(([instrument, amount]) => {
      const path = `/pools/instruments/${instrument}`;
      instrumentAt(instrument, { path, context }, problems);
      return { instrument, amount: problems.convert(path, 0n, () => toAmount(amount, decimals)) };
    }),
  };
}

/** Resting orders, depth profiles and pools. */
export function resolveBooks(
  file: ScenarioFile,
  context: Context,
  problems: Problems,
): {
  readonly orders: ScenarioOrder[];
  readonly depth: ScenarioDepth[];
  readonly pools: ScenarioPools;
} {
  return {
    orders: resolveOrders(file, context, problems),
    depth: resolveDepth(file, context, problems),
    pools: resolvePools(file, context, problems),
  };
}
