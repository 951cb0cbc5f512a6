import { guardedCapacity, outflowCapacity, refill } from '../../../src/custody/index.ts';
import { releaseOf } from '../../fixtures/outflow.ts';
import type { FigureRunner } from '../figure.ts';

export const custodyRunners: Readonly<Record<string, FigureRunner>> = {
  outflowCapacity: (input: { floor: string; leastCustody: string; ratioPpm: number }) =>
    outflowCapacity(BigInt(input.floor), BigInt(input.leastCustody), input.ratioPpm),
  guardedCapacity: (input: { capacity: string; guardian: string }) =>
    guardedCapacity(BigInt(input.capacity), BigInt(input.guardian)),
  refill: (input: {
    level: string;
    lane: string;
    carry: number;
    laneCarry: number;
    capacity: string;
    dtMs: number;
  }) => {
    const { carry, laneCarry, capacity, dtMs } = input;
    const bucket = { level: BigInt(input.level), lane: BigInt(input.lane), carry, laneCarry };
    return refill(bucket, BigInt(capacity), dtMs);
  },
  releaseWithdrawals: (input: { level: string; lane: string; open: string[]; isSmall: number[] }) =>
    releaseOf({
      level: BigInt(input.level),
      lane: BigInt(input.lane),
      open: input.open.map(BigInt),
      isSmall: input.isSmall,
    }),
};
