import { custodyErrors } from '@plimsoll/core/custody';
import type { Event } from '@plimsoll/core/schema';
import type { State } from '@plimsoll/core/state';
import type { CheckContext, Checker } from '../checker.ts';

interface Requested {
  readonly asset: number;
  readonly amount: bigint;
  released: bigint;
  settled: bigint;
}

/** I12: every deposit and every withdrawal takes effect once; custody moves by nothing else. */
export function onceOnlyChecker(): Checker {
  const credited = new Set<string>();
  const requests = new Map<number, Requested>();
  return {
    name: 'onceOnly',
    invariant: 'I12',
    check: (context) => {
      const sentences = custodyErrors(context.state);
      const flows = new Map<number, bigint>();
      for (const event of context.events) {
        takeDeposit(event, credited, sentences);
        takeWithdrawal(event, requests, sentences);
        const flow = flowOf(event);
        if (flow !== undefined) {
          flows.set(flow.asset, (flows.get(flow.asset) ?? 0n) + flow.amount);
        }
      }
      checkCustody(context, flows, sentences);
      checkRows(context.state, requests, sentences);
      return sentences;
    },
  };
}

function flowOf(event: Event): { asset: number; amount: bigint } | undefined {
  if (event.kind === 'deposited') return { asset: event.asset, amount: event.amount };
  if (event.kind !== 'withdrawalSettled' || event.outcome !== 'paid') return undefined;
  return { asset: event.asset, amount: -event.amount };
}

function takeDeposit(event: Event, credited: Set<string>, sentences: string[]): void {
  if (event.kind !== 'deposited') return;
  const key = `${event.chain}/${event.sequence}`;
  if (credited.has(key)) sentences.push(`deposit ${key} was credited twice`);
  credited.add(key);
}

function takeWithdrawal(event: Event, requests: Map<number, Requested>, sentences: string[]): void {
  if (event.kind === 'withdrawalRequested') {
    const { withdrawal, asset, amount } = event;
    if (requests.has(withdrawal)) sentences.push(`withdrawal ${withdrawal} was requested twice`);
    requests.set(withdrawal, { asset, amount, released: 0n, settled: 0n });
  }
  if (event.kind !== 'withdrawalReleased' && event.kind !== 'withdrawalSettled') return;
  const request = requests.get(event.withdrawal);
  if (request === undefined) {
    sentences.push(`withdrawal ${event.withdrawal} was never requested`);
  } else if (event.kind === 'withdrawalReleased') {
    request.released += event.amount;
    if (request.released > request.amount) {
      sentences.push(`withdrawal ${event.withdrawal}: ${request.released} released`);
    }
  } else {
    request.settled += event.amount;
    if (request.settled > request.released) {
      sentences.push(`withdrawal ${event.withdrawal}: ${request.settled} settled`);
    }
  }
}

function checkCustody(
  { before, after }: CheckContext,
  flows: ReadonlyMap<number, bigint>,
  sentences: string[],
): void {
  after.custody.forEach((custody, asset) => {
    const moved = custody - (before.custody[asset] ?? 0n);
    const flow = flows.get(asset) ?? 0n;
    if (moved !== flow) sentences.push(`custody of asset ${asset} moved by ${moved}, not ${flow}`);
  });
}

/** Every open row is a request less what was settled; every request without a row is settled. */
function checkRows(state: State, requests: Map<number, Requested>, sentences: string[]): void {
  const { withdrawals } = state;
  for (const [withdrawal, request] of requests) {
    const row = state.indexes.withdrawalById.find(withdrawal);
    const open = row < 0 ? 0n : withdrawals.waiting.get(row) + withdrawals.released.get(row);
    if (open !== request.amount - request.settled) {
      sentences.push(`withdrawal ${withdrawal}: ${open} open of ${request.amount}`);
    }
    if (row < 0) requests.delete(withdrawal);
  }
}
