import { InexactDecimalError, toAmount } from '@plimsoll/api/units';
import type { Problems } from './problems.ts';
import type { ScenarioAgent, ScenarioAsset } from './scenario.ts';
import type { AgentSpec } from './scenarioFile.ts';

export type AgentKind = 'trendTrader' | 'hedger' | 'marketMaker' | 'borrower' | 'depositor';

/** The agents that a scenario may have, and which parameters each has beside its balances. */
const AGENT_KINDS: Readonly<Record<AgentKind, readonly string[]>> = {
  trendTrader: ['activityPpm', 'appetitePpm'],
  hedger: ['activityPpm', 'ratioPpm'],
  marketMaker: ['activityPpm', 'halfSpreadPpm', 'levels'],
  borrower: ['activityPpm'],
  depositor: ['activityPpm'],
};

/** What an account of an agent has when the scenario does not say. */
const BALANCE_DEFAULT = '100000';

/** Agents with the balances of each of their accounts; every mistake is added to `problems`. */
export function resolveAgents(
  specs: readonly AgentSpec[],
  at: { readonly assets: ReadonlyMap<string, ScenarioAsset>; readonly settlement: ScenarioAsset },
  problems: Problems,
): ScenarioAgent[] {
  return specs.map((spec, index) => {
    const path = `/agents/${index}`;
    const kinds = new Set(Object.keys(AGENT_KINDS));
    const place = { path: `${path}/kind`, noun: 'agent' };
    const isKind = problems.expectKnown(spec.kind, kinds, place);
    // Without this a kind called "constructor" would be looked up on the prototype.
    const known = isKind ? AGENT_KINDS[spec.kind as AgentKind] : [];
    const names = new Set([...known, ...at.assets.keys()]);
    const parameters: Record<string, number> = {};
    const balances: Record<string, bigint> = {};
    for (const [name, value] of Object.entries(spec.parameters ?? {})) {
      const pointer = `${path}/parameters/${name}`;
      problems.expectKnown(name, names, { path: pointer, noun: `parameter of ${spec.kind}` });
      const asset = at.assets.get(name);
      if (asset !== undefined) {
        balances[name] = problems.convert(pointer, 0n, () => balanceOf(String(value), asset));
      } else {
        problems.expect(Number.isSafeInteger(value), pointer, 'must be an integer');
        parameters[name] = Number(value);
      }
    }
    if (Object.keys(balances).length === 0) {
      balances[at.settlement.name] = balanceOf(BALANCE_DEFAULT, at.settlement);
    }
    return { kind: spec.kind as AgentKind, count: spec.count ?? 1, parameters, balances };
  });
}

function balanceOf(text: string, asset: ScenarioAsset): bigint {
  const amount = toAmount(text, asset.decimals);
  if (amount < 0n) throw new InexactDecimalError(text, 'must not be below 0');
  return amount;
}
