import { INDEX_STATUS } from '../../../src/schema/index.ts';
import { timeMs } from '../../../src/state/index.ts';
import { priceBlock, said, stateWithSources } from '../../fixtures/oracle.ts';
import type { FigureRunner } from '../figure.ts';

const statusNames = Object.keys(INDEX_STATUS);

export const oraclePhaseRunners: Readonly<Record<string, FigureRunner>> = {
  pricePhase: (input: {
    weights: number[];
    blocks: { dtMs: number; prices: (number | undefined)[] }[];
  }) => {
    const state = stateWithSources(input.weights);
    const { underlyings: u } = state;
    const blocks = input.blocks.map(({ dtMs, prices }) => {
      priceBlock(state, dtMs, said(...prices));
      return {
        index: u.index.get(1),
        status: statusNames[u.status.get(1)],
        low: u.plausibleLow.get(1),
        high: u.plausibleHigh.get(1),
        graceMs: Math.max(0, u.graceUntilMs.get(1) - timeMs(state)),
      };
    });
    return {
      index: blocks.map((block) => block.index),
      status: blocks.map((block) => block.status),
      low: blocks.map((block) => block.low),
      high: blocks.map((block) => block.high),
      graceMs: blocks.map((block) => block.graceMs),
    };
  },
};
