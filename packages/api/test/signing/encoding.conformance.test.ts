// The worked signature of docs/spec/encoding.md 6.6, and the table of its faults.
import { readFileSync } from 'node:fs';
import { encodeJsonCommand } from '@plimsoll/core/schema';
import { expect, test } from 'vitest';
import { typedDataTarget, type UnsignedCommand } from '../../src/index.ts';
import type { Hex, Network } from '../../src/network.ts';
import {
  addressOf,
  bytesOfHex,
  commandDigest,
  describeCommandDigest,
  hexOfBytes,
  recoverSigner,
  signatureFaults,
  signCommand,
} from '../../src/signing/index.ts';

interface SignatureExample {
  readonly network: Network;
  readonly privateKey: Hex;
  readonly signer: string;
  readonly command: UnsignedCommand;
  readonly encodedType: string;
  readonly typeHash: string;
  readonly domainSeparator: string;
  readonly digest: string;
  readonly signature: Hex;
}

const page = readFileSync(new URL('../../../../docs/spec/encoding.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```json signature\n([\s\S]*?)\n```/g)].map(
  ([, body]) => JSON.parse(body ?? '') as SignatureExample,
);

test('the page holds an example', () => {
  expect(examples.length).toBeGreaterThan(0);
});

test.each(examples)('the signature of the page is what the code makes and opens', (example) => {
  const { network, privateKey, command, signer } = example;
  const target = typedDataTarget(network);
  expect(addressOf(privateKey)).toBe(signer);
  expect(signCommand(command, network, privateKey).signature).toBe(example.signature);
  const digest = commandDigest(command, target);
  expect(hexOfBytes(digest)).toBe(example.digest);
  expect(recoverSigner(digest, bytesOfHex(example.signature))).toBe(signer);
  const { encodedType, typeHash, domainSeparator } = example;
  const described = describeCommandDigest(command, target);
  expect(described).toMatchObject({ encodedType, typeHash, domainSeparator });
  const json = encodeJsonCommand({ ...command, signer: addressOf(privateKey) });
  expect(json).toMatchObject(JSON.parse(JSON.stringify(command)) as object);
});

test('the faults of the page are those of the code, in their order', () => {
  const section = page.slice(page.indexOf('### 6.6 '), page.indexOf('## 7 '));
  const faults = [...section.matchAll(/^\| \d \| `(\w+)` \|/gm)].map(([, fault]) => fault);
  expect(faults).toEqual(Object.keys(signatureFaults));
});
