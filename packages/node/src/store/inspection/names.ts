import { readName } from '@plimsoll/core/governance';
import type { Machine } from '@plimsoll/core/machine';
import type { ReadableNames } from '@plimsoll/core/schema';

/** What ids are called in a machine. */
export function namesOf({ state }: Machine): ReadableNames {
  const { assets, underlyings, instruments, machine } = state;
  const isListed = (id: number, count: number): boolean => id > 0 && id <= count;
  return {
    asset: (id) =>
      isListed(id, machine.assetCount.get(0))
        ? { name: readName(assets.name, id), decimals: assets.decimals.get(id) }
        : undefined,
    underlying: (id) =>
      isListed(id, machine.underlyingCount.get(0)) ? readName(underlyings.name, id) : undefined,
    instrument: (id) =>
      isListed(id, machine.instrumentCount.get(0)) ? readName(instruments.name, id) : undefined,
  };
}
