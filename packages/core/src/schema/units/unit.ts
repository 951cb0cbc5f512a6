/**
 * What a field of an event or a figure of a refusal is in. The machine counts in integers of its
 * own; who shows them to people reads here how they are written, and never guesses it from a name.
 *
 * - As they are: `id` (account, order, sequence, nonce, …), `idOrNone` (0: none), `count`, `text`,
 *   `choice`, `flag`, `address`, `digits` (an integer of any size without a unit of its own).
 * - `timeMs`, since 1970; `durationMs`; `ppm`, millionths; `nano`, billionths.
 * - What has a name: `asset`, `assetOrNone`, `underlying`, `instrument`; `instrumentOrFund` (0: the
 *   shared fund, or no market); `target` and `parameter` of a `scope`; `scopes` of an agent;
 *   `marketState`.
 * - `amount`: units of the record's `asset`, or of the asset that the action is about.
 *   `settlement`: settlement units.
 * - `settlementDown`, `settlementUp`: settlement units as a double, rounded down where it counts
 *   for an account, up where it counts against it.
 * - `price`: price units of the record's underlying or instrument, or of the action's; a double
 *   where it was computed. `size`: lots of that instrument.
 * - `parameterValue`: in the parameter's own unit.
 */
export type Unit =
  | 'id'
  | 'idOrNone'
  | 'count'
  | 'text'
  | 'choice'
  | 'flag'
  | 'address'
  | 'digits'
  | 'timeMs'
  | 'durationMs'
  | 'ppm'
  | 'nano'
  | 'asset'
  | 'assetOrNone'
  | 'underlying'
  | 'instrument'
  | 'instrumentOrFund'
  | 'target'
  | 'parameter'
  | 'parameterValue'
  | 'scopes'
  | 'marketState'
  | 'amount'
  | 'settlement'
  | 'settlementDown'
  | 'settlementUp'
  | 'price'
  | 'size';
