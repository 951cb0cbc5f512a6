import { instrumentProblem } from '../../../src/governance/listingChecks.ts';
import { instrumentParameters } from '../../../src/schema/index.ts';
import type { FigureRunner } from '../figure.ts';

export const governanceRunners: Readonly<Record<string, FigureRunner>> = {
  listingProblem: (input: {
    tiers: [number, number, number][];
    parameters: { [name: string]: number };
  }) => {
    const tiers = input.tiers.map(([lowerBound, initialPpm, maintenancePpm]) => ({
      lowerBound,
      initialPpm,
      maintenancePpm,
    }));
    const nameOf = new Map<number, string>(
      Object.entries(instrumentParameters).map(([name, { id }]) => [id, name]),
    );
    const problem = instrumentProblem(
      tiers,
      ({ id, initial }) => input.parameters[nameOf.get(id) ?? ''] ?? initial,
    );
    return problem?.check ?? 'none';
  },
};
