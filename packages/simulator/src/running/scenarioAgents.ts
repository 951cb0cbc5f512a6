import {
  type Agent,
  type AgentAccount,
  borrower,
  depositor,
  hedger,
  marketMaker,
  trendTrader,
} from '../agents/index.ts';
import type { Scenario, ScenarioAgent } from '../scenarios/index.ts';

const PPM = 1_000_000;

/** The agents of a scenario: one of each entry, with as many accounts as it counts. */
export function scenarioAgents(scenario: Scenario): Agent[] {
  return scenario.agents.map((spec, at) => makeAgent(spec, `${spec.kind} ${at}`));
}

function makeAgent(spec: ScenarioAgent, name: string): Agent {
  const { activityPpm, appetitePpm, ratioPpm, halfSpreadPpm, levels } = spec.parameters;
  const accounts: AgentAccount[] = Array.from({ length: spec.count }, () => ({
    balances: spec.balances,
  }));
  const common = { name, accounts, ...share('activity', activityPpm) };
  switch (spec.kind) {
    case 'trendTrader':
      return trendTrader({ ...common, ...share('appetite', appetitePpm) });
    case 'hedger':
      return hedger({ ...common, ...share('ratio', ratioPpm) });
    case 'marketMaker': {
      const wide = share('halfSpread', halfSpreadPpm);
      return marketMaker({ ...common, ...wide, ...(levels === undefined ? {} : { levels }) });
    }
    case 'borrower':
      return borrower(common);
    case 'depositor':
      return depositor(common);
  }
}

/** An option that is left out when the scenario leaves it out. */
function share<N extends string>(name: N, ppm: number | undefined): { [K in N]?: number } {
  return (ppm === undefined ? {} : { [name]: ppm / PPM }) as { [K in N]?: number };
}
