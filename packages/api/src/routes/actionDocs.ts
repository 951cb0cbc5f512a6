// What the fields of actions mean. Actions are in the machine's own units, so that a name may mean
// something else here than in answers (fieldDocs.ts).

const docs: { readonly [field: string]: string } = {
  account: 'Number of the account; 0: a new one is opened for the owner.',
  agent: 'Address of the key that may act, or may not any more.',
  amount: 'Units of the asset: the smallest part, not wholes.',
  asset: 'Number of the asset.',
  chain: 'Number of the chain in custody.',
  clientId: "The owner's own number of the order; 0: none.",
  decimals: 'Decimals of one whole of the asset.',
  destination: 'Address on that chain to which it is paid out.',
  expiresMs: 'Block time from which it is at an end, milliseconds since 1970.',
  initialPpm: 'Initial margin rate, millionths of notional.',
  instrument: 'Number of the instrument.',
  isPostOnly: 'Refused where it would trade at once.',
  isReduceOnly: 'May only make the position smaller.',
  kind: 'The kind of the action.',
  lowerBound: 'Notional from which the rates hold, in settlement units.',
  maintenancePpm: 'Maintenance margin rate, millionths of notional.',
  multiplier: 'Settlement units of one lot when the price moves by one price unit.',
  name: 'Its name: 1 to 16 printable characters.',
  order: 'Number of the order; 0: the client id says which.',
  outcome: 'What became of the payment.',
  owner: 'Address of the key that controls the account.',
  parameter: 'Number of the parameter.',
  parameters: 'Parameters to begin with in place of their first values.',
  price: 'Price units of the instrument; 0: a market order.',
  proposal: 'Number of the pending change.',
  publisher: 'Address of the key that signs the prices of the source.',
  ratePpm: 'Initial margin rate, millionths of notional; 0: that of the instruments alone.',
  scope: 'What the parameter is of.',
  scopes: 'What the key may do, added up: 1 trade, 2 cancel, 4 lend, 8 transfer, 16 profile.',
  selfTrade: 'Which of two orders is cancelled when both are of one owner.',
  sequence: 'Number of the deposit on its chain: the next one, each once.',
  sharePpm: 'Share of the limit that is left, millionths: 100,000 to 1,000,000.',
  side: 'buy or sell.',
  size: 'Lots of the instrument.',
  source: 'Number of the source of the underlying.',
  state: 'State that the instrument is to have.',
  target: 'Number of the asset, underlying or instrument; 0 when the scope is global.',
  tickSize: 'Price units of which prices of orders are multiples.',
  tiers: 'Rates by notional, ascending.',
  timeInForce: 'Whether what does not trade at once rests.',
  to: 'Number of the account that receives it.',
  underlying: 'Number of the underlying.',
  untilMs: 'Block time at which it ends, milliseconds since 1970.',
  value: "In the parameter's own unit.",
  valueDenominator: 'One unit is worth index price × valueNumerator / valueDenominator.',
  valueNumerator: 'One unit is worth index price × valueNumerator / valueDenominator.',
  weight: 'Weight of the source in the index; 0: it is removed.',
  withdrawal: 'Number of the withdrawal.',
};

/** Where a kind means it a little otherwise. */
const docsOfKinds: { readonly [kindAndField: string]: string } = {
  'cancelAll.instrument': 'Number of the instrument; 0: all.',
  'cancelOrder.clientId': "The owner's own number of the order, when the order is 0.",
  'fundPool.amount': 'Units of the settlement asset.',
  'fundPool.instrument': 'Number of the instrument; 0: the shared fund.',
  'haltMarket.untilMs': 'Block time at which it ends, milliseconds since 1970; 0: it ends now.',
  'redeem.amount': 'Units of the asset; 0: all that is lent.',
  'repay.amount': 'Units of the asset; 0: all that the balance can.',
};

/** The meaning of a field of an action. */
export function actionFieldDoc(kind: string, field: string): string | undefined {
  const own = `${kind}.${field}`;
  if (Object.hasOwn(docsOfKinds, own)) return docsOfKinds[own];
  return Object.hasOwn(docs, field) ? docs[field] : undefined;
}
