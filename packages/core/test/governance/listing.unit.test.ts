import { describe, expect, test } from 'vitest';
import {
  applyProposals,
  governanceErrors,
  listAsset,
  listInstrument,
  listUnderlying,
  readName,
} from '../../src/governance/index.ts';
import {
  type ActionOf,
  assetParameters,
  instrumentParameters,
  MARKET_STATE,
  rejections,
  underlyingParameters,
} from '../../src/schema/index.ts';
import { assetParameter, instrumentParameter, type State } from '../../src/state/index.ts';
import { advance, freshState, smallLimits, startMs } from '../fixtures/state.ts';

const admin = { account: 0, isOwner: false, role: 1 };
const dayMs = 86_400_000;
const million = 1_000_000;
type Values = ActionOf<'listAsset'>['parameters'];

function listedState(limits = smallLimits): State {
  const state = freshState(limits);
  const code = listUnderlying(
    state,
    { kind: 'listUnderlying', name: 'BTC', parameters: [] },
    admin,
  );
  expect(code).toBe(0);
  return state;
}

function asset(state: State, parts: Partial<ActionOf<'listAsset'>> = {}): number {
  const base = { kind: 'listAsset', name: 'wBTC', decimals: 8, underlying: 1 } as const;
  const value = { valueNumerator: 1, valueDenominator: 100, parameters: [] };
  return listAsset(state, { ...base, ...value, ...parts }, admin);
}

const tiers = [
  { lowerBound: 0, initialPpm: 25_000, maintenancePpm: 12_500 },
  { lowerBound: 5 * million, initialPpm: 50_000, maintenancePpm: 25_000 },
  { lowerBound: 20 * million, initialPpm: 100_000, maintenancePpm: 50_000 },
];

function instrument(state: State, parts: Partial<ActionOf<'listInstrument'>> = {}): number {
  const base = { kind: 'listInstrument', name: 'BTC-PERP', underlying: 1, multiplier: 1 } as const;
  return listInstrument(state, { ...base, tickSize: 5, tiers, parameters: [], ...parts }, admin);
}

const value = (parameter: { id: number }, amount: number): Values => [
  { parameter: parameter.id, value: BigInt(amount) },
];

describe('assets', () => {
  test('a listed asset has its parameters, its name and a ramp from nothing', () => {
    const state = listedState();
    const parameters = [
      ...value(assetParameters.haircutInitialPpm, 100_000),
      ...value(assetParameters.haircutMaintenancePpm, 50_000),
    ];
    expect(asset(state, { parameters })).toBe(0);
    expect(readName(state.assets.name, 2)).toBe('wBTC');
    expect(assetParameter(state, 2, assetParameters.haircutInitialPpm)).toBe(100_000);
    expect(state.assets.rampedMs.get(2)).toBe(startMs + dayMs);
    expect(state.assets.outflowLevel.get(2)).toBe(1_000_000_000_000n);
    expect(governanceErrors(state)).toEqual([]);
  });

  test('every listing check of an asset refuses and is named', () => {
    const state = listedState();
    const { code } = rejections.listingInvalid;
    expect(asset(state, { underlying: 2 })).toBe(rejections.underlyingUnknown.code);
    expect(asset(state, { underlying: 0 })).toBe(rejections.underlyingUnknown.code);
    expect(asset(state, { name: '' })).toBe(code);
    expect(asset(state, { name: 'a name far too long' })).toBe(code);
    expect(asset(state, { name: 'näme' })).toBe(code);
    expect(asset(state, { decimals: 19 })).toBe(code);
    expect(asset(state, { valueNumerator: 0 })).toBe(code);
    expect(asset(state, { valueDenominator: 0 })).toBe(code);
    const haircut = value(assetParameters.haircutInitialPpm, 0);
    expect(asset(state, { parameters: haircut })).toBe(code);
    expect(state.figures?.check).toBe('haircuts: initial >= maintenance');
  });

  test('liabilities and loan rates of an asset have to fit together', () => {
    const state = listedState();
    const { code } = rejections.listingInvalid;
    expect(asset(state, { parameters: value(assetParameters.liabilityInitialPpm, 0) })).toBe(code);
    expect(state.figures?.check).toBe('liabilities: initial >= maintenance');
    const other = listedState();
    expect(asset(other, { parameters: value(assetParameters.rateZeroPpm, 90_000) })).toBe(code);
    expect(other.figures?.check).toBe('loan rates do not fall');
  });

  test('unknown parameters and values out of range are refused, one above and one below', () => {
    const state = listedState();
    const list = (parameters: Values) => asset(state, { parameters });
    const unknown = rejections.parameterUnknown.code;
    const range = rejections.parameterRange.code;
    expect(list(value({ id: 47 }, 0))).toBe(unknown);
    expect(list(value({ id: 4_294_967_295 }, 0))).toBe(unknown);
    expect(list(value(assetParameters.haircutInitialPpm, 1_000_001))).toBe(range);
    expect(list(value(assetParameters.haircutInitialPpm, -1))).toBe(range);
    expect(list([{ parameter: 0, value: -(2n ** 63n) }])).toBe(range);
  });

  test('full tables refuse', () => {
    const state = listedState({ ...smallLimits, assetsMax: 2, underlyingsMax: 2 });
    expect(asset(state)).toBe(rejections.listingsFull.code);
    const more = listUnderlying(
      state,
      { kind: 'listUnderlying', name: 'ETH', parameters: [] },
      admin,
    );
    expect(more).toBe(rejections.listingsFull.code);
  });
});

test('an underlying is stale before it is halted', () => {
  const state = listedState();
  const parameters = value(underlyingParameters.staleAfterMs, 200_000);
  const code = listUnderlying(state, { kind: 'listUnderlying', name: 'ETH', parameters }, admin);
  expect(code).toBe(rejections.listingInvalid.code);
});

describe('instruments', () => {
  test('a listed instrument is proposed and opens after the listing notice', () => {
    const state = listedState();
    const parameters = value(instrumentParameters.takerFeePpm, 400);
    expect(instrument(state, { parameters })).toBe(0);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.proposed);
    expect(state.instruments.opensMs.get(1)).toBe(startMs + dayMs);
    expect(instrumentParameter(state, 1, instrumentParameters.takerFeePpm)).toBe(400);
    expect(readName(state.instruments.name, 1)).toBe('BTC-PERP');
    expect(governanceErrors(state)).toEqual([]);
    advance(state, dayMs - 1);
    applyProposals(state);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.proposed);
    advance(state, 1);
    applyProposals(state);
    expect(state.instruments.state.get(1)).toBe(MARKET_STATE.open);
    expect(state.pools.proposals.used).toBe(0);
  });

  test('deductions keep the margin of a notional without a step', () => {
    const state = listedState();
    instrument(state);
    const { tierInitialDeduction, tierMaintenanceDeduction } = state.instruments;
    const at = (n: number) => [
      tierInitialDeduction.get(8 + n),
      tierMaintenanceDeduction.get(8 + n),
    ];
    expect([at(0), at(1), at(2)]).toEqual([
      [0, 0],
      [125_000, 62_500],
      [1_125_000, 562_500],
    ]);
  });

  test('every listing check of an instrument refuses', () => {
    const state = listedState();
    const { code } = rejections.listingInvalid;
    expect(instrument(state, { underlying: 2 })).toBe(rejections.underlyingUnknown.code);
    expect(instrument(state, { multiplier: 0 })).toBe(code);
    expect(instrument(state, { tickSize: 0 })).toBe(code);
    expect(instrument(state, { tickSize: 2_147_483_648 })).toBe(code);
    expect(instrument(state, { name: '' })).toBe(code);
    expect(instrument(state, { tiers: [] })).toBe(code);
    expect(instrument(state, { tiers: new Array(9).fill(tiers[0]) })).toBe(code);
  });

  test('every check of tiers, fees and bands is named with its figures', () => {
    const first = { lowerBound: 0, initialPpm: 25_000, maintenancePpm: 12_500 };
    const cases: [Partial<ActionOf<'listInstrument'>>, string][] = [
      [{ tiers: [{ ...first, lowerBound: 1 }] }, 'lo_0 = 0'],
      [{ tiers: [first, first] }, 'lo ascends'],
      [{ tiers: [{ ...first, initialPpm: 12_499 }] }, 'im >= mm'],
      [{ tiers: [{ ...first, initialPpm: 1_000_001 }] }, 'im >= mm'],
      [{ tiers: [first, { ...first, lowerBound: 9, initialPpm: 24_999 }] }, 'rates do not fall'],
      [{ tiers: [first, { ...first, lowerBound: 9, maintenancePpm: 1 }] }, 'rates do not fall'],
      [{ tiers: [{ ...first, maintenancePpm: 12_499 }] }, 'mm_0 >= 2 mark band'],
      [{ parameters: value(instrumentParameters.takerFeePpm, 3_350) }, '1.1 mm > fees + spread'],
      [
        { parameters: value(instrumentParameters.openInterestHigh, 1) },
        'open interest low <= high',
      ],
    ];
    for (const [parts, check] of cases) {
      const state = listedState();
      expect(instrument(state, parts), check).toBe(rejections.listingInvalid.code);
      expect(state.figures?.check).toBe(check);
    }
    const justEnough = value(instrumentParameters.takerFeePpm, 3_349);
    expect(instrument(listedState(), { parameters: justEnough })).toBe(0);
  });

  test('full tables refuse', () => {
    const full = listedState({ ...smallLimits, instrumentsMax: 1 });
    expect(instrument(full)).toBe(rejections.listingsFull.code);
    const noProposals = listedState({ ...smallLimits, proposalsMax: 0 });
    expect(instrument(noProposals)).toBe(rejections.proposalsFull.code);
  });
});
