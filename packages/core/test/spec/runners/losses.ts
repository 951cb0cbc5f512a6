import {
  autoDeleverage,
  payDeficits,
  shareDeficit,
  socializeLoss,
} from '../../../src/losses/index.ts';
import type { FigureRunner } from '../figure.ts';

const all = (texts: string[]): bigint[] => texts.map(BigInt);

export const lossesRunners: Readonly<Record<string, FigureRunner>> = {
  shareDeficit: (input: { deficit: string; maintenance: string[]; notionals: string[] }) =>
    shareDeficit(BigInt(input.deficit), all(input.maintenance), all(input.notionals)),
  payDeficits: (input: {
    deficits: string[];
    poolAmounts: string[];
    poolCapsLeft: string[];
    fundCapsLeft: string[];
    fundAmount: string;
    fundCapLeft: string;
  }) =>
    payDeficits({
      deficits: all(input.deficits),
      poolAmounts: all(input.poolAmounts),
      poolCapsLeft: all(input.poolCapsLeft),
      fundCapsLeft: all(input.fundCapsLeft),
      fundAmount: BigInt(input.fundAmount),
      fundCapLeft: BigInt(input.fundCapLeft),
    }),
  autoDeleverage: (input: {
    residualSize: number;
    deficit: string;
    sizes: number[];
    gains: string[];
    equities: string[];
    goesFirst: number[];
  }) =>
    autoDeleverage({
      ...input,
      deficit: BigInt(input.deficit),
      gains: all(input.gains),
      equities: all(input.equities),
    }),
  socializeLoss: (input: {
    loss: string;
    gains: string[];
    equities: string[];
    notionals: string[];
    initialMargins: string[];
  }) =>
    socializeLoss({
      loss: BigInt(input.loss),
      gains: all(input.gains),
      equities: all(input.equities),
      notionals: all(input.notionals),
      initialMargins: all(input.initialMargins),
    }),
};
