import type { Network, SignedPrices } from '@plimsoll/api';
import { typedDataTarget } from '@plimsoll/api';
import { bytesOfHex, hexOfBytes, pricesDigest, recoverSigner } from '@plimsoll/api/signing';
import { type PricesReceipt, rejectionProblem } from '@plimsoll/api/wire';
import { applyBlock, createMachine, type Machine, STATE_VERSION } from '@plimsoll/core/machine';
import type { Action, Address } from '@plimsoll/core/schema';
import { addressEquals } from '@plimsoll/core/state';
import type { PriceNode, PublishedUnderlying } from '../../src/publish/priceNode.ts';

const ADMIN: Address = '0x00000000000000000000000000000000000000aa';

export const network: Network = {
  name: 'test',
  chainId: 1,
  genesisHash: `0x${'11'.repeat(32)}`,
};

/** A machine behind the interface that publishers send through: blocks without a store. */
export class MachineNode implements PriceNode {
  readonly machine: Machine;
  readonly sent: SignedPrices[] = [];
  /** Awaited before each block: a node that is slow, or away when it throws. */
  before: () => Promise<void> = async () => {};
  #nonce = 0;
  readonly #names: string[] = [];
  readonly #decimals: number;

  constructor(names: readonly string[], decimals = 1) {
    this.#decimals = decimals;
    const other = (last: string): Address => `${ADMIN.slice(0, -2)}${last}` as Address;
    const authorities = { admin: ADMIN, guardian: other('bb'), custodian: other('cc') };
    this.machine = createMachine({
      timeMs: Date.now() - 1_000,
      authorities,
      settlement: { name: 'USDC', decimals: 6 },
      parameters: { noticeMs: 0, listingNoticeMs: 0 },
      limits: { accountsMax: 16 },
    });
    for (const name of names) this.list(name);
  }

  list(name: string): void {
    this.govern({ kind: 'listUnderlying', name, parameters: [] });
    this.#names.push(name);
  }

  setPublisher(name: string, source: number, publisher: Address): void {
    const underlying = this.#names.indexOf(name) + 1;
    this.govern({ kind: 'setPublisher', underlying, source, publisher, weight: 1 });
  }

  govern(action: Action): void {
    const timeMs = this.#timeMs();
    const expiresMs = timeMs + 60_000;
    const command = {
      signer: ADMIN,
      account: 0,
      nonce: ++this.#nonce,
      expiresMs,
      actions: [action],
    };
    const outcome = applyBlock(this.machine, {
      height: this.height + 1,
      timeMs,
      version: STATE_VERSION,
      observations: [],
      commands: [command],
    });
    const result = outcome.results[0];
    if (result?.code !== 0 || result.actions[0] !== 0) throw new Error(JSON.stringify(result));
  }

  get height(): number {
    return this.machine.state.machine.height.get(0);
  }

  indexOf(name: string): number {
    return this.machine.state.underlyings.index.get(this.#names.indexOf(name) + 1);
  }

  async network(): Promise<Network> {
    await this.before();
    return network;
  }

  async underlyingsOf(publisher: Address): Promise<ReadonlyMap<string, PublishedUnderlying>> {
    await this.before();
    const { sources } = this.machine.state;
    const found = new Map<string, PublishedUnderlying>();
    this.#names.forEach((name, at) => {
      for (let source = 0; source < 16; source++) {
        const row = (at + 1) * 16 + source;
        if (sources.weight.get(row) === 0) continue;
        if (!addressEquals(sources.publisher, row, publisher)) continue;
        found.set(name, { id: at + 1, name, priceDecimals: this.#decimals, source });
      }
    });
    return found;
  }

  async send(signed: SignedPrices): Promise<PricesReceipt> {
    await this.before();
    this.sent.push(signed);
    const digest = pricesDigest(signed.prices, typedDataTarget(network));
    const publisher = recoverSigner(digest, bytesOfHex(signed.signature));
    const timeMs = this.#timeMs();
    const outcome = applyBlock(this.machine, {
      height: this.height + 1,
      timeMs,
      version: STATE_VERSION,
      observations: signed.prices.map((each) => ({ ...each, publisher })),
      commands: [],
    });
    return {
      digest: hexOfBytes(digest),
      publisher,
      height: this.height,
      timeMs,
      prices: outcome.observationCodes.map((code) => (code === 0 ? null : rejectionProblem(code))),
    };
  }

  #timeMs(): number {
    return Math.max(Date.now(), this.machine.state.machine.timeMs.get(0));
  }
}
