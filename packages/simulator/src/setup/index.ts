// From a checked scenario to what a runner sends: the market, members of populations, the orders of
// a depth profile, the trades that open positions, and the figures of an action's command.
// Everything here is a pure function of the scenario, its seed and its files. Start at
// marketOptions.ts.
export { convertCommandFigures, type FigureFields } from './commandFigures.ts';
export {
  type ExpandedPopulation,
  expandPopulation,
  type PopulationContext,
} from './expandPopulation.ts';
export { type LadderOrder, ladderFunding, ladderOrders } from './ladder.ts';
export { marketOptions } from './marketOptions.ts';
export { type PairedTrade, pairPositions, type WantedPosition } from './pairing.ts';
