// The table: rules broken on purpose, one at a time. Each is one change to a source of the core and
// the tests that should notice; tools/mutations/run.ts shows that they do.
import type { Edit, Mutation } from './mutation.ts';

const core = 'packages/core/src/';
const figures = 'spec/figures.conformance';

const edit = (file: string, find: string, replace: string): readonly Edit[] => [
  { file: core + file, find, replace },
];
const tests = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `packages/core/test/${name}.test.ts`);
const attack = (number: string): string =>
  `packages/simulator/test/attacks/attack${number}.simulation.test.ts`;

export const mutations: readonly Mutation[] = [
  {
    name: 'a transfer skips the withdrawal test',
    rule: 'F4, attack 2',
    edits: edit(
      'machine/commands.ts',
      "handle: transfer, test: 'withdrawal'",
      "handle: transfer, test: 'margin'",
    ),
    tests: [...tests('machine/commands.unit', 'risk/withdrawal.unit'), attack('02')],
  },
  {
    name: 'the least of notional need not stay at a withdrawal',
    rule: 'F4',
    edits: edit(
      'risk/withdrawal.ts',
      'Math.max(figures[RISK.initial] as number, least) + unwinding',
      '(figures[RISK.initial] as number) + 0 * least + unwinding',
    ),
    tests: tests('risk/withdrawal.unit', figures),
  },
  {
    name: 'an action that leaves an account short always passes the gate',
    rule: 'I4',
    edits: edit(
      'risk/gate.ts',
      'if (isReduction(before, after, ',
      'if (before !== after || isReduction(before, after, ',
    ),
    tests: tests('risk/gate.unit'),
  },
  {
    name: 'a trading fee is rounded down',
    rule: 'rounding favors the protocol',
    edits: edit(
      'venue/match.ts',
      'amountOf(mulDivUpNumber(notional, feePpm, PPM))',
      'amountOf(Math.floor((notional * feePpm) / PPM))',
    ),
    tests: tests('venue/match.unit', 'venue/match.differential', figures),
  },
  {
    name: 'realized gains are not locked',
    rule: 'F0, attack 1',
    edits: edit(
      'positions/applyFill.ts',
      'positions.lockedGain.set(row, lockRealized(left, realized));',
      'positions.lockedGain.set(row, lockRealized(left, 0n));',
    ),
    tests: [...tests('positions/applyFill.unit', 'positions/lockedGain.property'), attack('01')],
  },
  {
    name: 'ADL takes from the first holder whatever he can give',
    rule: 'F12',
    edits: edit(
      'losses/formulas/adl.ts',
      'const first = splitCapped(amountOf(residualSize), weights, only(caps, goesFirst, true));',
      `let open0 = amountOf(residualSize);
  const first = only(caps, goesFirst, true).map((cap) => {
    const taken = least(cap, open0);
    open0 -= taken;
    return taken;
  });`,
    ),
    tests: tests('losses/adl.differential', 'losses/adl.unit', 'losses/adl.property', figures),
  },
  {
    name: 'a maker who fails the margin test keeps the order',
    rule: 'F3, attack 3',
    edits: edit('venue/match.ts', "    cancelResting(state, maker, 'makerMargin');\n", ''),
    tests: [...tests('venue/makerMargin.unit'), attack('03')],
  },
  {
    name: 'a maker is not tested at a fill',
    rule: 'F3, I4',
    edits: edit(
      'venue/match.ts',
      'gateAccount(state, account, () => fill(taker, { quote, fee, makerFee }))',
      'fill(taker, { quote, fee, makerFee })',
    ),
    tests: [...tests('venue/makerMargin.unit'), attack('03')],
  },
  {
    name: 'a reduce-only order may flip the position',
    rule: 'I10, venue',
    edits: edit(
      'venue/placeOrder.ts',
      'lots: isReduceOnly ? Math.min(action.size, closable) : action.size,',
      'lots: action.size,',
    ),
    tests: tests('venue/placeOrder.unit', 'venue/match.unit'),
  },
  {
    name: 'a resting reduce-only order may flip the position',
    rule: 'I10, venue',
    edits: edit(
      'venue/match.ts',
      'return Math.min(lots, closableLots(size, orders.side.get(maker)));',
      'return closableLots(size, orders.side.get(maker)) > 0 ? lots : 0;',
    ),
    tests: tests('venue/match.unit', 'venue/match.differential', 'venue/placeOrder.unit'),
  },
  {
    name: 'a stale observation is accepted',
    rule: 'F6',
    edits: edit(
      'oracle/aggregate.ts',
      'if (timeMs < rule.timeMs - rule.ageMaxMs) return rejections.observationOld.code;',
      '',
    ),
    tests: tests('oracle/observations.unit', 'oracle/aggregate.property', figures),
  },
  {
    name: 'an observation of a time already seen is accepted',
    rule: 'F6',
    edits: edit(
      'oracle/aggregate.ts',
      'if (timeMs <= rule.lastMs) return rejections.observationOrder.code;',
      '',
    ),
    tests: tests('oracle/observations.unit', 'oracle/aggregate.property', figures),
  },
  {
    name: 'a doubtful index is believed to the last tick in a liquidation',
    rule: 'F6, I9',
    edits: edit(
      'risk/liquidatable.ts',
      'const isDoubtful = hasDoubt(state, account);',
      'const isDoubtful = hasDoubt(state, account) && false;',
    ),
    tests: tests('risk/liquidatable.unit'),
  },
  {
    name: 'the book alone can liquidate',
    rule: 'F7, attack 10',
    edits: edit(
      'risk/liquidatable.ts',
      "{ price: 'indexMark', isFavorable: isDoubtful }",
      "{ price: 'markPrice', isFavorable: isDoubtful }",
    ),
    tests: tests('risk/liquidatable.unit'),
  },
  {
    name: 'a loan counts at the index even when the slow price is higher',
    rule: 'F2, attack 4',
    edits: edit(
      'oracle/freezePrices.ts',
      '(Math.max(index, slow) * numerator)',
      '(index * numerator)',
    ),
    tests: tests('oracle/freezePrices.unit', 'oracle/pricePhase.property'),
  },
  {
    name: 'a funding payment is rounded down',
    rule: 'F8',
    edits: edit(
      'positions/funding.ts',
      'return mulDivUp(amountOf(position.size) * amountOf(position.v), indexDelta, INDEX_ONE);',
      'return -mulDivUp(-amountOf(position.size) * amountOf(position.v), indexDelta, INDEX_ONE);',
    ),
    tests: tests('positions/funding.property', figures),
  },
  {
    name: 'a refused body gives its nonce back',
    rule: 'attack 21',
    edits: edit(
      'machine/dispatch.ts',
      '    codes.push(code);',
      `    codes.push(code);
    if (code !== accepted && signer < SIGNER_AGENT) {
      state.accounts.nonceBits.set(2 * command.account, 0);
    }`,
    ),
    tests: [...tests('machine/applyBlock.unit', 'machine/hostile.property'), attack('21')],
  },
  {
    name: 'a liquidation closes the whole leg',
    rule: 'F9',
    edits: edit(
      'liquidation/closeOut.ts',
      'return leastSize(sizeMax, restores, Math.max(1, guess));',
      'return restores(sizeMax) && guess >= 0 ? sizeMax : leastSize(1, restores);',
    ),
    tests: tests('liquidation/closeOut.unit', 'liquidation/runLiquidations.property'),
  },
  {
    name: 'the limit of a long leg ignores the health-neutral price',
    rule: 'F10, I5',
    edits: edit(
      'liquidation/formulas/limitPrice.ts',
      'Math.max(distress, neutral, bankruptcyPrice)',
      'Math.max(distress, bankruptcyPrice)',
    ),
    tests: tests('liquidation/limitPrice.unit', 'liquidation/closeOut.unit', figures),
  },
  {
    name: 'a close-out stands though it lowers health',
    rule: 'I5',
    edits: edit(
      'liquidation/closeOut.ts',
      'if (fill.lots === 0 || healthOf(run) < healthBefore) {',
      'if (fill.lots === 0 || healthOf(run) + Infinity < healthBefore) {',
    ),
    tests: tests('liquidation/closeOut.property', 'liquidation/closeOut.unit'),
  },
  {
    name: 'a loss takes principal before gains',
    rule: 'F13, I6',
    edits: edit(
      'losses/formulas/socialize.ts',
      'const fromGains = loss < baseSum ? split(loss, bases) : bases;',
      'const fromGains = loss < baseSum ? bases.map(() => 0n) : bases;',
    ),
    tests: tests('losses/socialize.unit', 'losses/socialize.property', figures),
  },
  {
    name: 'a socialized loss is taken from the first account, whoever it is',
    rule: 'F13, I7',
    edits: edit(
      'losses/socializeMarket.ts',
      'settle(state, account, -loss.amount);',
      'settle(state, 1, -loss.amount);',
    ),
    tests: tests('losses/socializeMarket.unit', 'losses/runLosses.property'),
  },
  {
    name: 'a pro-rata split is a plain floor',
    rule: 'Σ-cut',
    edits: edit(
      'ledger/split.ts',
      'const after = cutAt(total, cumulated, weightSum);',
      'const after = before + cutAt(total, at(weights, i), weightSum);',
    ),
    tests: tests('ledger/split.property', 'ledger/split.differential', figures),
  },
  {
    name: 'interest of suppliers is rounded up',
    rule: 'rounding favors the protocol',
    edits: edit(
      'ledger/interest.ts',
      'const toFees = mulDivUp(interest, amountOf(reservePpm), amountOf(PPM));',
      'const toFees = interest - mulDivUp(interest, amountOf(PPM - reservePpm), amountOf(PPM));',
    ),
    tests: tests('ledger/interest.unit', 'ledger/interest.property', figures),
  },
  {
    name: 'a deposit refills the outflow bucket',
    rule: 'F15, attack 12',
    edits: edit(
      'custody/bucket.ts',
      '  custody.set(asset, held);',
      '  custody.set(asset, held);\n  if (delta > 0n) state.assets.outflowLevel.add(asset, delta);',
    ),
    tests: [
      ...tests('custody/outflow.unit', 'custody/withdraw.unit', 'custody/release.property'),
      attack('12'),
    ],
  },
  {
    name: 'a deposit is credited again when it is sent again',
    rule: 'I12, attack 22',
    edits: edit(
      'custody/deposit.ts',
      'if (sequence !== next) return',
      'if (sequence > next) return',
    ),
    tests: tests('custody/deposit.unit'),
  },
  {
    name: 'the screen is not disarmed for touched accounts',
    rule: 'I14',
    edits: edit(
      'risk/gate.ts',
      'disarm(state, touched);',
      'disarm(state, { ...touched, accounts: [] });',
    ),
    tests: tests('machine/applyBlock.unit', 'risk/screen.property'),
  },
  {
    name: 'the root misses an account whose rows changed',
    rule: 'I13',
    edits: edit(
      'machine/roots/roots.ts',
      'add(of.get(row));',
      'add(of.id === column ? of.get(row) : 0);',
    ),
    tests: tests('machine/roots.unit', 'machine/snapshot.property'),
  },
  {
    name: 'a transfer credits a unit out of nothing',
    rule: 'I1',
    edits: edit(
      'ledger/transfer.ts',
      'credit(state, to, asset, amount)',
      'credit(state, to, asset, amount + 1n)',
    ),
    tests: tests('machine/abort.property', 'ledger/balances.unit', 'machine/untouched.property'),
  },
  {
    name: 'the same, and conservation is not checked',
    rule: 'I1',
    edits: [
      ...edit(
        'ledger/transfer.ts',
        'credit(state, to, asset, amount)',
        'credit(state, to, asset, amount + 1n)',
      ),
      ...edit(
        'machine/conservation.ts',
        "if (asset >= 0) broken('claims",
        "if (asset > 1e9) broken('claims",
      ),
    ],
    tests: tests('machine/dispatch.unit', 'machine/abort.property', 'ledger/balances.unit'),
  },
];
