import { assetParameters } from '@plimsoll/core/schema';
import { assetParameter } from '@plimsoll/core/state';
import type { CheckContext, Checker } from '../checker.ts';

const DAY_MS = 86_400_000;
/** Windows longer than this are sums of shorter ones. */
const MEMORY_MS = 3 * DAY_MS;

interface Release {
  readonly timeMs: number;
  readonly amount: number;
  /** The most that the capacity can have been then. */
  readonly capacity: number;
}

/** I11: what leaves in any window w is at most C·(1 + w/day), C the largest capacity in it. */
export function outflowChecker(): Checker {
  const releases = new Map<number, Release[]>();
  return {
    name: 'outflow',
    invariant: 'I11',
    check: (context) => {
      const sentences: string[] = [];
      const sums = new Map<number, number>();
      for (const event of context.events) {
        if (event.kind !== 'withdrawalReleased') continue;
        sums.set(event.asset, (sums.get(event.asset) ?? 0) + Number(event.amount));
      }
      for (const [asset, amount] of sums) {
        const own = releases.get(asset) ?? [];
        releases.set(asset, own);
        const timeMs = context.after.timeMs;
        own.push({ timeMs, amount, capacity: capacityOf(context, asset) });
        while ((own[0]?.timeMs ?? timeMs) < timeMs - MEMORY_MS) own.shift();
        checkWindows({ asset, own, timeMs }, sentences);
      }
      return sentences;
    },
  };
}

/** max(C_min, γ·custody); the least custody of a day is at most the custody now. */
function capacityOf({ state, after }: CheckContext, asset: number): number {
  const floor = assetParameter(state, asset, assetParameters.outflowMin);
  const ppm = assetParameter(state, asset, assetParameters.outflowPpm);
  return Math.max(floor, (Number(after.custody[asset] ?? 0n) * ppm) / 1_000_000);
}

/** Every window that ends now. */
function checkWindows(
  window: { readonly asset: number; readonly own: readonly Release[]; readonly timeMs: number },
  sentences: string[],
): void {
  const { asset, own, timeMs } = window;
  let sum = 0;
  let capacity = 0;
  for (let k = own.length - 1; k >= 0; k--) {
    const release = own[k] as Release;
    sum += release.amount;
    capacity = Math.max(capacity, release.capacity);
    const widthMs = timeMs - release.timeMs;
    const most = capacity * (1 + widthMs / DAY_MS) + 1;
    if (sum <= most) continue;
    sentences.push(`asset ${asset}: ${sum} left in ${widthMs} ms, at most ${most} may`);
    return;
  }
}
