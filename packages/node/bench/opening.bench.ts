// What it costs to know who signed a command: decode, digest, recover. One action and batches of 8,
// the native library against its twin in JavaScript, the digest against viem's, and the pool of
// threads as a node runs it.
import { performance } from 'node:perf_hooks';
import { type Network, typedDataTarget, type UnsignedCommand } from '@plimsoll/api';
import { bytesOfHex, createDigester, signCommand } from '@plimsoll/api/signing';
import { decodeCommandBody, encodeCommandBody, typedData } from '@plimsoll/core/schema';
import { hashTypedData } from 'viem';
import { SIGNED } from '../src/opening/batch.ts';
import { type Curve, loadCurve, nobleCurve } from '../src/opening/curve.ts';
import { createOpener } from '../src/opening/index.ts';
import { createOpenSignature } from '../src/opening/openSignature.ts';
import type { Opener } from '../src/parts.ts';

// Ratios to the twin in the same run; below them something is wrong.
const nativeRatioMin = 3;
const digestRatioMin = 5;
const COUNT = 256;
const POOL_COUNT = 20_000;

const network: Network = { name: 'bench', chainId: 1, genesisHash: `0x${'33'.repeat(32)}` };
const target = typedDataTarget(network);

interface Case {
  readonly command: UnsignedCommand;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
}

interface Costs {
  readonly decode: number;
  readonly digest: number;
  readonly recover: number;
  readonly all: number;
}

function cases(actionsEach: number): Case[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const actions = Array.from({ length: actionsEach }, (_, j) => ({
      kind: 'placeOrder' as const,
      instrument: 1 + (j % 4),
      side: j % 2 === 0 ? ('buy' as const) : ('sell' as const),
      size: 1 + i,
      price: 10_000 + j,
      timeInForce: 'goodTillCancelled' as const,
      isPostOnly: true,
      isReduceOnly: false,
      selfTrade: 'cancelResting' as const,
      clientId: i,
    }));
    const command = { account: 1 + i, nonce: 1_760_000_000_000 + i, expiresMs: 2e12, actions };
    const { signature } = signCommand(command, network, new Uint8Array(32).fill(1 + (i % 200)));
    return { command, body: encodeCommandBody(command), signature: bytesOfHex(signature) };
  });
}

/** µs per command: the least of some rounds. */
function microseconds(rounds: number, run: (each: Case, i: number) => void, all: Case[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    all.forEach(run);
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1000 / all.length);
  }
  return least;
}

let sink = 0;

function costsOf(curve: Curve, all: Case[]): Costs {
  const rounds = curve.name === 'native' ? 30 : 5;
  const digester = createDigester(target, curve.keccak);
  const digests = all.map(({ command }) => digester.command(command));
  const openSignature = createOpenSignature(network, curve);
  return {
    decode: microseconds(
      rounds,
      ({ body }) => {
        if ('malformed' in decodeCommandBody(body)) sink++;
      },
      all,
    ),
    digest: microseconds(
      rounds,
      ({ command }) => {
        sink += digester.command(command).length;
      },
      all,
    ),
    recover: microseconds(
      rounds,
      ({ signature }, i) => {
        sink += curve.recover(digests[i] as Uint8Array, signature).length;
      },
      all,
    ),
    all: microseconds(
      rounds,
      ({ body, signature }) => {
        if ('type' in openSignature({ signed: SIGNED.command, body, signature })) {
          throw new Error('a good signature did not open');
        }
      },
      all,
    ),
  };
}

function print(name: string, { decode, digest, recover, all }: Costs): void {
  const part = (what: string, cost: number): string =>
    `${what} ${cost.toFixed(1)} µs (${((100 * cost) / all).toFixed(0)} %)`;
  const parts = [part('decode', decode), part('digest', digest), part('recover', recover)];
  console.log(`  ${name.padEnd(7)} ${all.toFixed(1)} µs per command: ${parts.join(', ')}`);
}

interface PoolRate {
  readonly perSecond: number;
  /** What the thread that asks spends, µs per command. */
  readonly asking: number;
}

async function poolRate(opener: Opener, all: Case[]): Promise<PoolRate> {
  const start = process.hrtime.bigint();
  const before = performance.eventLoopUtilization();
  // As a node does it: what is not answered yet is bounded, the next comes when one is answered.
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < POOL_COUNT) {
      const { body, signature } = all[next++ % all.length] as Case;
      sink += (await opener.openCommand(body, signature)).digest.length;
    }
  };
  await Promise.all(Array.from({ length: 512 }, client));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { active } = performance.eventLoopUtilization(before);
  return { perSecond: POOL_COUNT / seconds, asking: (1000 * active) / POOL_COUNT };
}

async function pools(all: Case[], name: string): Promise<void> {
  for (const threads of [1, 2]) {
    let batches = 0;
    const opener = await createOpener({ network, threads, onBatch: () => batches++ });
    await poolRate(opener, all);
    batches = 0;
    const { perSecond, asking } = await poolRate(opener, all);
    await opener.close();
    console.log(
      `  ${threads} thread${threads === 1 ? ' ' : 's'} ${(perSecond / 1000).toFixed(1)} k commands/s ` +
        `(${name}), ${(POOL_COUNT / batches).toFixed(0)} per batch, ` +
        `${asking.toFixed(1)} µs of the asking thread each`,
    );
  }
}

const native = await loadCurve();
const isNative = native.name === 'native';
if (!isNative) console.error(`the native library does not load: ${native.fallbackReason}`);
let isFast = isNative;
for (const actionsEach of [1, 8]) {
  const all = cases(actionsEach);
  const name = actionsEach === 1 ? 'one order' : `a batch of ${actionsEach} orders`;
  console.log(`opening: ${name} under one signature, ${all[0]?.body.length} bytes`);
  const fast = costsOf(native, all);
  const slow = costsOf(nobleCurve(), all);
  const viem = microseconds(
    5,
    ({ command }) => {
      const { domain, types, primaryType, message } = typedData(command, target);
      sink += hashTypedData({ domain, types, primaryType, message }).length;
    },
    all,
  );
  print('native', fast);
  print('noble', slow);
  console.log(`  native ${(slow.all / fast.all).toFixed(1)} × faster than noble`);
  const digestRatio = viem / slow.digest;
  console.log(
    `  digest with noble ${digestRatio.toFixed(1)} × faster than viem's (${viem.toFixed(0)} µs), ` +
      `with WASM ${(viem / fast.digest).toFixed(1)} ×`,
  );
  isFast &&= slow.all / fast.all > nativeRatioMin && digestRatio > digestRatioMin;
  await pools(all, name);
}
if (!isFast || sink === 0) {
  console.error('a ratio is below its bound');
  process.exitCode = 1;
}
