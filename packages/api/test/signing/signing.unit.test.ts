import { typedData, type UnsignedObservation } from '@plimsoll/core/schema';
import fc from 'fast-check';
import { hashTypedData, recoverTypedDataAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { type Network, typedDataTarget, type UnsignedCommand } from '../../src/index.ts';
import {
  accountSigner,
  addressOf,
  bytesOfHex,
  commandDigest,
  describeCommandDigest,
  describePricesDigest,
  digestText,
  hexOfBytes,
  MalformedCommandError,
  MalformedHexError,
  PrivateKeyError,
  pricesDigest,
  privateKeySigner,
  recoverSigner,
  signCommand,
  signDigest,
  signPrices,
} from '../../src/signing/index.ts';
import { anyCommand } from '../fixtures/commands.ts';

const network: Network = { name: 'test', chainId: 31_337, genesisHash: `0x${'11'.repeat(32)}` };
const target = typedDataTarget(network);
const key = `0x${'07'.repeat(32)}` as const;
const command: UnsignedCommand = {
  account: 7,
  nonce: 1,
  expiresMs: 2,
  actions: [
    { kind: 'cancelAll', instrument: 0 },
    { kind: 'repay', asset: 1, amount: 500n },
  ],
};
const price: UnsignedObservation = {
  underlying: 1,
  source: 0,
  price: 100n,
  confidence: 1n,
  timeMs: 1_760_000_000_000,
};

const anyKey = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .filter((bytes) => bytes.some((byte) => byte !== 0) && (bytes[0] as number) < 255);

describe('who signs is who is found', () => {
  test('for any key and command, with the very bytes of a viem account', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, anyCommand(), async (privateKey, any) => {
        const account = privateKeyToAccount(hexOfBytes(privateKey));
        const own = privateKeySigner(privateKey);
        const signature = await own.signCommand(any, network);
        expect(signature).toBe(await accountSigner(account).signCommand(any, network));
        expect(own.address).toBe(account.address.toLowerCase());
        expect(accountSigner(account).address).toBe(own.address);
        const digest = commandDigest(any, target);
        expect(recoverSigner(digest, bytesOfHex(signature))).toBe(own.address);
        const { domain, types, primaryType, message } = typedData(any, target);
        const address = await recoverTypedDataAddress({
          domain,
          types,
          primaryType,
          message,
          signature,
        });
        expect(address.toLowerCase()).toBe(own.address);
      }),
      { numRuns: 25 },
    );
  });

  test('prices open to their publisher', () => {
    const { prices, signature } = signPrices([price, price], network, key);
    expect(recoverSigner(pricesDigest(prices, target), bytesOfHex(signature))).toBe(addressOf(key));
  });

  test('the same command and key give the same bytes', () => {
    expect(signCommand(command, network, key)).toEqual(signCommand(command, network, key));
    expect(signCommand(command, network, key)).toMatchObject(command);
  });

  test('v is 27 or 28', () => {
    const seen = new Set(
      Array.from({ length: 32 }, (_, i) => signDigest(new Uint8Array(32).fill(i), key)[64]),
    );
    expect(seen).toEqual(new Set([27, 28]));
  });
});

describe('what cannot be signed is refused before a key is used', () => {
  test('a command without canonical bytes, by its place', async () => {
    const wrong = { ...command, nonce: 1.5 };
    expect(() => signCommand(wrong, network, key)).toThrow(MalformedCommandError);
    expect(() => signCommand(wrong, network, key)).toThrow('nonce');
    await expect(privateKeySigner(key).signCommand(wrong, network)).rejects.toThrow('nonce');
    const account = accountSigner(privateKeyToAccount(key));
    await expect(account.signCommand(wrong, network)).rejects.toThrow('nonce');
  });

  test('prices, by their place', () => {
    expect(() => signPrices([], network, key)).toThrow('at least one');
    const wrong = { ...price, source: 256 };
    expect(() => signPrices([price, wrong], network, key)).toThrow('prices[1]: source');
  });

  test('a key that is none, without saying it', () => {
    const order = '0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141';
    const keys = [`0x${'00'.repeat(32)}`, order, '0x07', `0x${'zz'.repeat(32)}`] as const;
    for (const wrong of keys) {
      expect(() => privateKeySigner(wrong)).toThrow(PrivateKeyError);
      expect(() => addressOf(wrong)).toThrow(/^a private key is 32 bytes/);
    }
    expect(() => signDigest(new Uint8Array(32), new Uint8Array(31))).toThrow(PrivateKeyError);
    expect(() => bytesOfHex('0x123')).toThrow(MalformedHexError);
    expect(() => bytesOfHex('123456')).toThrow('characters 6');
  });
});

describe('a digest can say how it was formed', () => {
  test('of a command', () => {
    const description = describeCommandDigest(command, target);
    const { domain, types, primaryType, message } = typedData(command, target);
    expect(description).toMatchObject({
      digest: hashTypedData({ domain, types, primaryType, message }),
      primaryType: 'Batch',
      encodedType:
        'Batch(uint32 account,uint64 nonce,uint64 expiresMs,CancelAllAction action1,' +
        'RepayAction action2)CancelAllAction(uint32 instrument)' +
        'RepayAction(uint32 asset,uint256 amount)',
      domainName: 'Plimsoll test',
      domainVersion: '1',
      chainId: 31_337,
      salt: network.genesisHash,
    });
    expect(digestText(description)).toBe(
      `the digest ${description.digest} is of Batch (type hash ${description.typeHash}) in the ` +
        `domain "Plimsoll test", version 1, chain id 31337, salt ${network.genesisHash}`,
    );
  });

  test('of prices, in a domain without name and salt', () => {
    const description = describePricesDigest([price], { chainId: 1 });
    expect(description.primaryType).toBe('PublishPrices');
    expect(description.domainName).toBe('Plimsoll');
    expect(digestText(description)).toMatch(/in the domain "Plimsoll", version 1, chain id 1$/);
  });
});
