import {
  bankruptcyAdjustment,
  bankruptcyPrice,
  bankruptcyQuote,
  boundedSize,
  closedFormSize,
  closeOutOrder,
  distressPrice,
  insolventLimitPrice,
  insolventSizeMax,
  insuranceDelta,
  type LimitLeg,
  leastSize,
  limitPrice,
  neutralPrice,
  penalty,
  restoredPpm,
} from '../../../src/liquidation/index.ts';
import type { FigureRunner } from '../figure.ts';

const PPM = 1_000_000;

interface CloseOutLegInput {
  instrument: number;
  size: number;
  notionalPerLot: number;
  maintenancePpm: number;
  costPpm: number;
}

interface LimitInput {
  leg: LimitLeg & { size: number; multiplier: number };
  account: { marginBalance: number; maintenanceMargin: number; adjustmentPpm: number };
  equity: string;
  legMaintenance: string;
}

export const liquidationRunners: Readonly<Record<string, FigureRunner>> = {
  closeOut: (input: {
    marginBalance: number;
    maintenanceMargin: number;
    bufferPpm: number;
    feePpm: number;
    legs: CloseOutLegInput[];
  }) => {
    const { marginBalance, maintenanceMargin, bufferPpm, feePpm } = input;
    const epsilons = input.legs.map(({ maintenancePpm, costPpm }) =>
      restoredPpm({ maintenancePpm, costPpm, feePpm, bufferPpm }),
    );
    const order = closeOutOrder(
      input.legs.map((leg, i) => ({
        instrument: leg.instrument,
        epsilonPpm: epsilons[i] ?? 0,
        notional: leg.size * leg.notionalPerLot,
      })),
    );
    const first = order[0] ?? 0;
    const { size: sizeMax, notionalPerLot, maintenancePpm, costPpm } = input.legs[first]!;
    const epsilonPpm = epsilons[first] ?? 0;
    // A flat tier on a book of flat cost.
    const after = (lots: number) => {
      const closed = lots * notionalPerLot;
      const held = marginBalance - (closed * (costPpm + feePpm)) / PPM;
      const required = maintenanceMargin - (closed * maintenancePpm) / PPM;
      return { held, required, missing: (required * (PPM + bufferPpm)) / PPM - held };
    };
    const size = leastSize(sizeMax, (lots) => after(lots).missing <= 0);
    return {
      epsilons,
      order,
      closedForm: closedFormSize({
        marginBalance,
        maintenanceMargin,
        bufferPpm,
        epsilonPpm,
        notionalPerLot,
        sizeMax,
      }),
      size,
      marginBalanceAfter: after(size).held,
      maintenanceAfter: after(size).required,
      ratioAfter: after(size).held / after(size).required,
      missingOneLess: after(size - 1).missing,
    };
  },
  boundedSize,
  penalty: (input: { feePpm: number; quote: string; equityAfter: string }) =>
    penalty({ ...input, quote: BigInt(input.quote), equityAfter: BigInt(input.equityAfter) }),
  insuranceDelta: (input: { feePpm: number; fillQuote: string; bankruptcyQuote: string }) =>
    insuranceDelta({
      feePpm: input.feePpm,
      fillQuote: BigInt(input.fillQuote),
      bankruptcyQuote: BigInt(input.bankruptcyQuote),
    }),
  limitPrice: (input: LimitInput) => {
    const { leg, account } = input;
    const closing = {
      ...leg,
      closedSize: leg.size,
      equity: BigInt(input.equity),
      weight: BigInt(input.legMaintenance),
      weightSum: BigInt(account.maintenanceMargin),
    };
    const adjustment = bankruptcyAdjustment(account);
    const quote = bankruptcyQuote(closing);
    const bankruptcy = bankruptcyPrice(closing);
    return {
      adjustment,
      distress: distressPrice(leg, adjustment),
      neutral: neutralPrice(leg),
      bankruptcyQuote: quote,
      bankruptcyExact: Math.abs(Number(quote)) / (leg.size * leg.multiplier),
      bankruptcy,
      limit: limitPrice(leg, adjustment, bankruptcy),
    };
  },
  insolventLimit: (input: LimitInput & { insurance: string }) => {
    const { leg, account } = input;
    const bankruptcy = bankruptcyPrice({
      ...leg,
      closedSize: leg.size,
      equity: BigInt(input.equity),
      weight: BigInt(input.legMaintenance),
      weightSum: BigInt(account.maintenanceMargin),
    });
    const limit = insolventLimitPrice(leg);
    const insurance = BigInt(input.insurance);
    const { side, size, multiplier } = leg;
    return {
      bankruptcy,
      limit,
      sizeMax: insolventSizeMax({
        side,
        size,
        bankruptcyPrice: bankruptcy,
        limitPrice: limit,
        multiplier,
        insurance,
      }),
    };
  },
};
