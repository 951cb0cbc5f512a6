// Cost of a root: 500 and 10,000 changed accounts of 1 M with 4 positions each, and of none, with
// three SHA-256 behind the same door: native, WebAssembly, and the portable default. Prints the
// roots: the three must agree. CPU time of the process, since other programs share the cores.
import { digest64 } from '@chainsafe/as-sha256';
import { hashInto } from '@chainsafe/hashtree';
import { type HashPairs, hashPairsPortable, hex, rootNow } from '@plimsoll/core/machine';
import { createLoad, type Load, random } from './fixedMix.ts';

const ACCOUNTS = Number(process.env.BENCH_ACCOUNTS ?? 1_000_000);
const POSITIONS = 4;
const RUNS = 9;

const hashers: { readonly [name: string]: HashPairs } = {
  hashtree: (input, output, count) =>
    hashInto(input.subarray(0, count * 64), output.subarray(0, count * 32)),
  'as-sha256': (input, output, count) => {
    for (let i = 0; i < count; i++) {
      output.set(digest64(input.subarray(i * 64, i * 64 + 64)), i * 32);
    }
  },
  noble: hashPairsPortable,
};

/** Gives every account rows for its positions: the root does not ask how they came about. */
function fillPositions({ machine: { state }, books, accounts }: Load): void {
  for (let account = 1; account <= accounts; account++) {
    for (let k = 0; k < POSITIONS; k++) {
      const instrument = 1 + ((account * 7 + k * 25) % books);
      const row = state.slabs.positions.insert(account, instrument);
      state.positions.size.set(row, 1 + k);
      state.positions.entry.set(row, 1_000_000n);
    }
    if (account % 1_000 === 0) state.log.clear();
  }
  state.log.clear();
}

interface Row {
  readonly hash: string;
  readonly changed: number;
  readonly cpuMs: number;
  readonly root: string;
}

let current = hashers.hashtree as HashPairs;
const load = createLoad({
  accounts: ACCOUNTS,
  rootIntervalMs: 3_600_000,
  hashPairs: (input, output, count) => current(input, output, count),
  positionsPerAccount: POSITIONS,
  orders: 1 << 10,
});
fillPositions(load);
const { machine } = load;
const { state } = machine;
machine.roots.noteAll();
rootNow(machine);
const rows: Row[] = [];
for (const [hash, hashPairs] of Object.entries(hashers)) {
  current = hashPairs;
  for (const changed of [0, 500, 10_000]) {
    load.seed = 1;
    const times: number[] = [];
    let root = '';
    for (let run = 0; run < RUNS; run++) {
      for (let i = 0; i < changed; i++) {
        const account = 1 + Math.floor(random(load) * ACCOUNTS);
        state.positions.lockedMs.set(state.accounts.positionBase.get(account), run + 1);
      }
      const before = process.cpuUsage();
      root = hex(rootNow(machine).root);
      const spent = process.cpuUsage(before);
      times.push((spent.user + spent.system) / 1_000);
      state.log.clear();
    }
    times.sort((a, b) => a - b);
    const cpuMs = Math.round((times[RUNS >> 1] as number) * 100) / 100;
    rows.push({ hash, changed, cpuMs, root: root.slice(0, 16) });
  }
  // The next one starts from the same state.
  for (let account = 1; account <= ACCOUNTS; account++) {
    state.positions.lockedMs.set(state.accounts.positionBase.get(account), 0);
  }
  rootNow(machine);
  state.log.clear();
}
console.table(rows);
