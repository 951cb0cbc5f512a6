import type { State } from '../state/index.ts';

/**
 * Who has a position or a locked gain in each of the failing instruments, ascending by account,
 * those in `excluded` (by account) left out: one scan for all markets of a block. Indexed by
 * instrument.
 */
export function collectHolders(
  state: State,
  isFailing: readonly boolean[],
  excluded: Uint8Array,
): number[][] {
  const { accounts, positions, machine } = state;
  const holders: number[][] = isFailing.map(() => []);
  const count = machine.accountCount.get(0);
  for (let account = 1; account <= count; account++) {
    if (excluded[account] === 1) continue;
    const first = accounts.positionBase.get(account);
    const end = first + accounts.positionCount.get(account);
    for (let row = first; row < end; row++) {
      const instrument = positions.instrument.get(row);
      if (isFailing[instrument] !== true) continue;
      if (positions.size.get(row) === 0 && positions.lockedGain.get(row) === 0n) continue;
      holders[instrument]?.push(account);
    }
  }
  return holders;
}
