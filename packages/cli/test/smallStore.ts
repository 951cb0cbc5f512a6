import { typedDataTarget } from '@plimsoll/api';
import { addressOf, createDigester, signDigest } from '@plimsoll/api/signing';
import {
  applyBlock,
  chainHashOf,
  createMachine,
  STATE_VERSION,
  snapshot,
} from '@plimsoll/core/machine';
import type { Action, Block, OpenedCommand } from '@plimsoll/core/schema';
import { genesisOf, type NetworkFile, networkOf } from '@plimsoll/node';
import { hashPairsNative } from '@plimsoll/node/hashing';
import { encodeRecord, openStore } from '@plimsoll/node/store';

const START_MS = 1_750_000_000_000;
const custodianKey = new Uint8Array(32).fill(2);
const ownerKey = new Uint8Array(32).fill(3);

const network: NetworkFile = {
  network: 'small',
  chainId: 7,
  genesis: {
    timeMs: START_MS,
    authorities: {
      admin: addressOf(new Uint8Array(32).fill(1)),
      guardian: addressOf(new Uint8Array(32).fill(4)),
      custodian: addressOf(custodianKey),
    },
    settlement: { name: 'USDC', decimals: 6 },
    parameters: { rootIntervalMs: 0 },
  },
  capacity: { accounts: 64, orders: 256, instruments: 2 },
};

/**
 * A store in which every block opens an account with `height` USDC, really signed; a snapshot in
 * the middle. Returns the digest of the last command, as 0x and hex.
 */
export async function makeSmallStore(directory: string, blocks: number): Promise<string> {
  const store = await openStore({ directory, network });
  const machine = createMachine(genesisOf(network), { hashPairs: hashPairsNative });
  const digester = createDigester(typedDataTarget(networkOf(network)));
  let digest = new Uint8Array(32);
  for (let height = 1; height <= blocks; height++) {
    const command = depositOf(height);
    const block: Block = {
      height,
      timeMs: START_MS + height * 1000,
      version: STATE_VERSION,
      observations: [],
      commands: [command],
    };
    const outcome = applyBlock(machine, block);
    digest = Uint8Array.from(digester.command(command));
    const record = encodeRecord({
      block,
      digests: digest,
      signatures: signDigest(digest, custodianKey),
      prices: [],
      results: outcome.results,
      observationCodes: [],
      refusals: outcome.refusals,
      chainHash: chainHashOf(machine),
      root: outcome.root?.root,
    });
    await store.append(height, record);
    if (height === blocks >> 1) store.writeSnapshot(height, snapshot(machine));
  }
  await store.close();
  return `0x${Buffer.from(digest).toString('hex')}`;
}

function depositOf(height: number): OpenedCommand {
  const action: Action = {
    kind: 'deposit',
    chain: 0,
    sequence: height,
    owner: addressOf(ownerKey),
    account: 0,
    asset: 1,
    amount: BigInt(height) * 1_000_000_000n,
  };
  const expiresMs = START_MS + height * 1000 + 30_000;
  return {
    signer: addressOf(custodianKey),
    account: 0,
    nonce: height,
    expiresMs,
    actions: [action],
  };
}
