import { shapesOfAccounts } from './shapesOfAccounts.ts';
import { shapesOfChain } from './shapesOfChain.ts';
import { shapesOfMarkets } from './shapesOfMarkets.ts';

/** The named shapes of answers and bodies. */
export const shapes: typeof shapesOfMarkets & typeof shapesOfAccounts & typeof shapesOfChain = {
  ...shapesOfMarkets,
  ...shapesOfAccounts,
  ...shapesOfChain,
};
