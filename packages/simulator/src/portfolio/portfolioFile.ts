import type {
  AssetSpec,
  InstrumentSpec,
  OrderSpec,
  Parameters,
  PositionSpec,
  UnderlyingSpec,
} from '../scenarios/scenarioFile.ts';

/**
 * One account with all that its margin depends on, as its author writes it: the units and names of
 * a scenario file. `schema.ts` is checked against this.
 */
export interface PortfolioFile {
  readonly $schema?: string;
  readonly name?: string;
  readonly settlement?: string;
  readonly assets: readonly AssetSpec[];
  readonly underlyings: readonly PricedUnderlying[];
  readonly instruments?: readonly InstrumentSpec[];
  readonly parameters?: Parameters;
  /** What the account holds, by asset; loans are part of it and owed beside it. */
  readonly balances?: Readonly<Record<string, string>>;
  /** What it owes, by asset. */
  readonly loans?: Readonly<Record<string, string>>;
  /** `price` is what the position was bought or sold at; default: the price now. */
  readonly positions?: readonly PositionSpec[];
  readonly orders?: readonly PortfolioOrder[];
  /** The owner's own least initial margin rate. */
  readonly ownRatePpm?: number;
}

/** An underlying with its price now, which is index and mark. */
export interface PricedUnderlying extends UnderlyingSpec {
  readonly price: string;
}

/** An open order of the account. */
export interface PortfolioOrder extends Omit<OrderSpec, 'account'> {
  readonly isReduceOnly?: boolean;
}
