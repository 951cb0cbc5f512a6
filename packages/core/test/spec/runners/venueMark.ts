import { type MarkInputs, markPrice, secondPrice, stepBasis } from '../../../src/venue/index.ts';
import type { FigureRunner } from '../figure.ts';

export const venueMarkRunners: Readonly<Record<string, FigureRunner>> = {
  stepBasis: (input: { basis: number; step: Parameters<typeof stepBasis>[1] }) =>
    stepBasis(input.basis, input.step),
  markPrice: (input: Omit<MarkInputs, 'impactMid'> & { impactMid: number | null }) => {
    const { index, bandPpm } = input;
    const band = bandPpm / 1e6;
    const price = markPrice({ ...input, impactMid: input.impactMid ?? undefined });
    return { ...price, low: index * (1 - band), high: index * (1 + band) };
  },
  secondPrice: (input: { index: number; slowBasis: number }) =>
    secondPrice(input.index, input.slowBasis),
};
