// The EIP-712 object against the standard itself: hashes built here from the table of commands by
// the definition of hashStruct, with nothing of ours but the table.
import fc from 'fast-check';
import {
  concatHex,
  encodeAbiParameters,
  type Hex,
  hashTypedData,
  keccak256,
  stringToHex,
} from 'viem';
import { describe, expect, test } from 'vitest';
import {
  type Action,
  commandSchema,
  type FieldsSchema,
  type FieldType,
  type OpenedCommand,
  typedData,
} from '../../src/schema/index.ts';
import { anyAction, anyCommand } from '../generators.ts';
import { exampleCommands } from './examples.ts';
import { vectorTarget } from './vector.ts';

const solidity: Readonly<Record<string, string>> = {
  bool: 'bool',
  u8: 'uint8',
  u32: 'uint32',
  u53: 'uint64',
  amount: 'uint256',
  i64: 'int256',
  address: 'address',
  text: 'string',
};

type Member = readonly [name: string, type: string, hash: Hex];

interface Struct {
  readonly name: string;
  readonly members: readonly Member[];
  readonly uses: readonly Struct[];
}

const keccakText = (text: string): Hex => keccak256(stringToHex(text));
const capital = (text: string): string => text[0]?.toUpperCase() + text.slice(1);

/** encodeType: the struct, then all it uses, by name. */
function encodeType(struct: Struct): string {
  const all = new Map<string, string>();
  const visit = (each: Struct): void => {
    all.set(
      each.name,
      `${each.name}(${each.members.map(([name, type]) => `${type} ${name}`).join(',')})`,
    );
    each.uses.forEach(visit);
  };
  struct.uses.forEach(visit);
  all.delete(struct.name);
  const own = `${struct.name}(${struct.members.map(([name, type]) => `${type} ${name}`).join(',')})`;
  return (
    own +
    [...all.keys()]
      .sort()
      .map((name) => all.get(name))
      .join('')
  );
}

function hashStruct(struct: Struct): Hex {
  return keccak256(concatHex([keccakText(encodeType(struct)), ...struct.members.map((m) => m[2])]));
}

function word(type: string, value: unknown): Hex {
  if (type === 'string') return keccakText(value as string);
  const plain = typeof value === 'number' ? BigInt(value) : value;
  return encodeAbiParameters([{ type }], [plain as never]);
}

function structOf(name: string, fields: FieldsSchema, record: object): Struct {
  const uses: Struct[] = [];
  const members = Object.entries(fields).map(([field, type]): Member => {
    const value = (record as Record<string, unknown>)[field];
    if (!isList(type)) {
      const solidityType = typeof type === 'string' ? (solidity[type] as string) : 'string';
      return [field, solidityType, word(solidityType, value)];
    }
    const entryName = name.replace(/Action$/, '') + capital(field);
    const entries = (value as object[]).map((entry) => structOf(entryName, type.list, entry));
    uses.push(structOf(entryName, type.list, emptyOf(type.list)));
    return [field, `${entryName}[]`, keccak256(concatHex(entries.map(hashStruct)))];
  });
  return { name, members, uses };
}

function isList(
  type: FieldType,
): type is { list: FieldsSchema & { [field: string]: never }; max: number } {
  return typeof type === 'object' && 'list' in type;
}

/** A list may be empty and still names the struct of its entries. */
function emptyOf(fields: FieldsSchema): object {
  return Object.fromEntries(Object.entries(fields).map(([name]) => [name, 0n]));
}

function signedHash(command: OpenedCommand): Hex {
  const head: Member[] = [
    ['account', 'uint32', word('uint32', command.account)],
    ['nonce', 'uint64', word('uint64', command.nonce)],
    ['expiresMs', 'uint64', word('uint64', command.expiresMs)],
  ];
  const isBatch = command.actions.length !== 1;
  const structs = command.actions.map((action) =>
    structOf(`${capital(action.kind)}Action`, commandSchema[action.kind].fields, action),
  );
  const members = structs.map((each, i): Member => {
    return [isBatch ? `action${i + 1}` : 'action', each.name, hashStruct(each)];
  });
  const name = isBatch ? 'Batch' : capital((command.actions[0] as Action).kind);
  const struct = { name, members: [...head, ...members], uses: structs };
  const domain = keccak256(
    concatHex([
      keccakText('EIP712Domain(string name,string version,uint256 chainId,bytes32 salt)'),
      keccakText('Plimsoll'),
      keccakText('1'),
      word('uint256', vectorTarget.chainId),
      vectorTarget.salt,
    ]),
  );
  return keccak256(concatHex(['0x1901', domain, hashStruct(struct)]));
}

function hashOf(command: OpenedCommand): Hex {
  const { domain, types, primaryType, message } = typedData(command, vectorTarget);
  return hashTypedData({ domain, types, primaryType, message });
}

describe('viem hashes our object to what the standard says', () => {
  test.each(exampleCommands.map((command) => [command.actions.map((a) => a.kind).join(), command]))(
    '%s',
    (_, command) => {
      expect(hashOf(command as OpenedCommand)).toBe(signedHash(command as OpenedCommand));
    },
  );

  test('any command', () => {
    fc.assert(
      fc.property(anyCommand(), (command) => {
        expect(hashOf(command)).toBe(signedHash(command));
      }),
      { numRuns: 50 },
    );
  });
});

test('what a wallet shows has every action, in order, by name', () => {
  const cancel = { kind: 'cancelOrder', order: 5, clientId: 0 } as const;
  const repay = { kind: 'repay', asset: 2, amount: 9n } as const;
  const command = { account: 7, nonce: 1, expiresMs: 2, actions: [cancel, repay, cancel] };
  expect(typedData(command, { chainId: 1 })).toEqual({
    domain: { name: 'Plimsoll', version: '1', chainId: 1 },
    primaryType: 'Batch',
    types: {
      Batch: [
        { name: 'account', type: 'uint32' },
        { name: 'nonce', type: 'uint64' },
        { name: 'expiresMs', type: 'uint64' },
        { name: 'action1', type: 'CancelOrderAction' },
        { name: 'action2', type: 'RepayAction' },
        { name: 'action3', type: 'CancelOrderAction' },
      ],
      CancelOrderAction: [
        { name: 'order', type: 'uint64' },
        { name: 'clientId', type: 'uint64' },
      ],
      RepayAction: [
        { name: 'asset', type: 'uint32' },
        { name: 'amount', type: 'uint256' },
      ],
    },
    message: {
      account: 7,
      nonce: 1n,
      expiresMs: 2n,
      action1: { order: 5n, clientId: 0n },
      action2: { asset: 2, amount: 9n },
      action3: { order: 5n, clientId: 0n },
    },
  });
});

test('a signature is for one command and one deployment only', () => {
  const envelope = { signer: `0x${'0'.repeat(40)}`, account: 1, nonce: 1, expiresMs: 1 } as const;
  fc.assert(
    fc.property(anyAction(), anyAction(), (a, b) => {
      fc.pre(JSON.stringify(a, text) !== JSON.stringify(b, text));
      const hashes = [[a], [b], [a, b], [b, a], [a, a]].map((actions) =>
        hashOf({ ...envelope, actions }),
      );
      expect(new Set(hashes).size).toBe(hashes.length);
    }),
    { numRuns: 50 },
  );
  const [command] = exampleCommands as [OpenedCommand];
  const other = typedData(command, { ...vectorTarget, chainId: 2 });
  expect(hashTypedData({ ...other, domain: other.domain })).not.toBe(hashOf(command));
});

function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
