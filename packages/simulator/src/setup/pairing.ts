/** A position that an account is to have at the start; lots are signed and not 0. */
export interface WantedPosition {
  readonly account: string;
  readonly lots: number;
}

/** A trade that sets two accounts up against each other; lots > 0. */
export interface PairedTrade {
  readonly buyer: string;
  readonly seller: string;
  readonly lots: number;
}

/**
 * Trades after which every account has the position it is to have: longs and shorts are matched in
 * the order given, and `counterparty` takes what is left over on one side.
 */
export function pairPositions(
  wanted: readonly WantedPosition[],
  counterparty: string,
): { readonly trades: PairedTrade[]; readonly counterpartyLots: number } {
  const longs = wanted.filter((one) => one.lots > 0);
  const shorts = wanted.filter((one) => one.lots < 0);
  const trades: PairedTrade[] = [];
  let long = 0;
  let short = 0;
  let buying = longs[0]?.lots ?? 0;
  let selling = -(shorts[0]?.lots ?? 0);
  let counterpartyLots = 0;
  while (long < longs.length || short < shorts.length) {
    const buyer = longs[long];
    const seller = shorts[short];
    const lots =
      buyer === undefined ? selling : seller === undefined ? buying : Math.min(buying, selling);
    trades.push({
      buyer: buyer?.account ?? counterparty,
      seller: seller?.account ?? counterparty,
      lots,
    });
    if (buyer === undefined) counterpartyLots += lots;
    if (seller === undefined) counterpartyLots -= lots;
    if (buyer !== undefined) {
      buying -= lots;
      if (buying === 0) buying = longs[++long]?.lots ?? 0;
    }
    if (seller !== undefined) {
      selling -= lots;
      if (selling === 0) selling = -(shorts[++short]?.lots ?? 0);
    }
  }
  return { trades, counterpartyLots };
}
