import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { open } from 'lmdb';
import { expect, test } from 'vitest';
import {
  DamagedStoreError,
  MissingBlocksError,
  NetworkMismatchError,
  openStore,
  readRecord,
  StoreLockedError,
  StoreMissingError,
  StoreUnwritableError,
  StoreVersionError,
} from '../../src/store/index.ts';
import { Chain, networkFile, store } from '../fixtures/chain.ts';
import { temporaryDirectory } from '../fixtures/directory.ts';

const network = networkFile();

/** A closed store with so many blocks of trades behind the six of the opening. */
async function storeWith(
  trades: number,
  directory: string = temporaryDirectory(),
): Promise<string> {
  const chain = new Chain();
  const opened = await openStore({ directory, network });
  await store(opened, chain.open());
  for (let i = 0; i < trades; i++) await store(opened, [chain.trade()]);
  await opened.close();
  return directory;
}

test('a store is made once, and opened again without the network document', async () => {
  const directory = join(temporaryDirectory(), 'deep', 'data');
  const made = await openStore({ directory, network });
  expect([made.head, made.snapshots(), made.read(1)]).toEqual([0, [], undefined]);
  await made.close();
  await storeWith(4, directory);
  const again = await openStore({ directory });
  expect(again.network).toEqual(network);
  expect(again.head).toBe(10);
  expect(readRecord(again, 10).block.height).toBe(10);
  await again.close();
});

test('nothing is made where no network is given', async () => {
  const directory = temporaryDirectory();
  await expect(openStore({ directory })).rejects.toThrow(StoreMissingError);
  const missing = join(directory, 'none');
  await expect(openStore({ directory: missing, network, isReadOnly: true })).rejects.toThrow(
    /there is no store in .*none/,
  );
  expect(readdirSync(directory)).toEqual([]);
});

test('a store of another network is refused with the place that differs', async () => {
  const directory = await storeWith(0);
  const other = { ...network, genesis: { ...network.genesis, timeMs: 5 } };
  const failure = openStore({ directory, network: other });
  await expect(failure).rejects.toThrow(NetworkMismatchError);
  await expect(failure).rejects.toThrow(/genesis\.timeMs is 1750000000000 in the store and 5 here/);
  const renamed = networkFile({ network: 'elsewhere' });
  await expect(openStore({ directory, network: renamed })).rejects.toThrow(/network is "test"/);
});

/** Writes the identity of a store anew. */
async function changeIdentity(directory: string, change: (bytes: Buffer) => Buffer): Promise<void> {
  const environment = open({
    path: join(directory, 'blocks'),
    encoding: 'binary',
    overlappingSync: false,
  });
  const meta = environment.openDB({ name: 'meta', encoding: 'binary' });
  await meta.put('identity', change(Buffer.from(meta.getBinary('identity') as Buffer)));
  await environment.close();
}

test('a store of another format or state version is refused, and so is a damaged identity', async () => {
  for (const at of [4, 8]) {
    const directory = await storeWith(0);
    await changeIdentity(directory, (bytes) => {
      bytes.writeUInt32LE(99, at);
      // The version of the state stands under the checksum, that of the format before it.
      return bytes;
    });
    const failure = openStore({ directory });
    await expect(failure).rejects.toThrow(at === 4 ? StoreVersionError : DamagedStoreError);
  }
  const directory = await storeWith(0);
  await changeIdentity(directory, (bytes) => bytes.subarray(0, bytes.length - 1));
  await expect(openStore({ directory })).rejects.toThrow(/identity of the store .* is damaged/);
});

test('a gap between blocks is refused with the first height that is missing', async () => {
  const directory = await storeWith(6);
  const environment = open({
    path: join(directory, 'blocks'),
    encoding: 'binary',
    overlappingSync: false,
  });
  const blocks = environment.openDB({ name: 'blocks', encoding: 'binary', keyEncoding: 'uint32' });
  await blocks.remove(7);
  await environment.close();
  const failure = openStore({ directory });
  await expect(failure).rejects.toThrow(MissingBlocksError);
  await expect(failure).rejects.toThrow(
    /block 7 is missing .* 11 blocks are stored, the last has height 12/,
  );
});

test('heights follow each other, and a store opened for reading takes none', async () => {
  const directory = await storeWith(0);
  const opened = await openStore({ directory });
  expect(() => opened.append(8, new Uint8Array(8))).toThrow(/heights follow each other/);
  expect(() => opened.append(6, new Uint8Array(8))).toThrow(/heights follow each other/);
  const beside = await openStore({ directory, isReadOnly: true });
  expect(() => beside.append(7, new Uint8Array(8))).toThrow(/opened for reading/);
  expect(() => beside.writeSnapshot(6, new Uint8Array(8))).toThrow(/keeps some/);
  await beside.close();
  await opened.close();
});

test('appends that overlap are stored in order, each resolved when it is on disk', async () => {
  const chain = new Chain();
  const opened = await openStore({ directory: temporaryDirectory(), network });
  const blocks = [...chain.open(), ...Array.from({ length: 200 }, () => chain.trade())];
  const order: number[] = [];
  await Promise.all(
    blocks.map(({ height, record }) =>
      opened.append(height, record).then(() => {
        expect(opened.head).toBeGreaterThanOrEqual(height);
        order.push(height);
      }),
    ),
  );
  expect(order).toEqual(blocks.map(({ height }) => height));
  expect(Buffer.from(opened.read(100) as Uint8Array)).toEqual(
    Buffer.from(blocks[99]?.record ?? []),
  );
  await opened.close();
});

test('a reader beside the writer sees what was stored since it opened', async () => {
  const directory = await storeWith(0);
  const writer = await openStore({ directory });
  const reader = await openStore({ directory, isReadOnly: true, snapshotsKept: 2 });
  expect([reader.head, reader.read(7)]).toEqual([6, undefined]);
  const chain = new Chain();
  chain.open();
  const { record } = chain.trade();
  await writer.append(7, record);
  expect(reader.head).toBe(7);
  expect(Buffer.from(reader.read(7) as Uint8Array)).toEqual(Buffer.from(record));
  // The replica of the process that holds the lock writes the snapshots.
  for (const height of [5, 6, 7]) reader.writeSnapshot(height, new Uint8Array(height));
  expect(writer.snapshots()).toEqual([7, 6]);
  await reader.close();
  await writer.close();
});

test('the newest snapshots stay, and what a dead process left unfinished goes', async () => {
  const directory = await storeWith(0);
  const folder = join(directory, 'snapshots');
  writeFileSync(join(folder, '4.snapshot.1234'), 'half');
  const opened = await openStore({ directory, snapshotsKept: 2 });
  for (const height of [2, 10, 9]) opened.writeSnapshot(height, new Uint8Array(8).fill(height));
  expect(readdirSync(folder).sort()).toEqual(['10.snapshot', '9.snapshot']);
  expect(opened.readSnapshot(9)[0]).toBe(9);
  await opened.close();
});

test('a second process is refused and told which one holds the store', async () => {
  const directory = await storeWith(0);
  const held = await openStore({ directory });
  const failure = openStore({ directory });
  await expect(failure).rejects.toThrow(StoreLockedError);
  await expect(failure).rejects.toThrow(new RegExp(`is open in process ${process.pid}`));
  await held.close();
  expect(existsSync(join(directory, 'lock.sock'))).toBe(false);
  await (await openStore({ directory })).close();
});

test('a lock whose process was killed is no lock', async () => {
  const directory = await storeWith(0);
  const path = join(directory, 'lock.sock');
  const listen = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log(1))`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await expect(openStore({ directory })).rejects.toThrow(StoreLockedError);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(path)).toBe(true);
  const opened = await openStore({ directory });
  await opened.close();
});

test('of many that find a stale lock at once, one gets the store', async () => {
  const directory = await storeWith(0);
  const child = spawn(process.execPath, [
    '-e',
    `require('net').createServer().listen(${JSON.stringify(join(directory, 'lock.sock'))}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  await once(child, 'exit');
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, () => openStore({ directory })),
  );
  const opened = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(opened).toHaveLength(1);
  await opened[0]?.close();
});

test('a path too long for a socket is locked all the same', async () => {
  const directory = join(temporaryDirectory(), 'x'.repeat(120));
  mkdirSync(directory);
  await storeWith(0, directory);
  const held = await openStore({ directory });
  expect(existsSync(join(directory, 'lock.sock'))).toBe(false);
  await expect(openStore({ directory })).rejects.toThrow(StoreLockedError);
  await held.close();
});

/** Listens with room for one who waits, and is then held still. */
const BUSY = `require('net').createServer().listen({ path: process.argv[1], backlog: 1 }, () => {
  process.stdout.write('up');
  process.kill(process.pid, 'SIGSTOP');
});`;

test('a lock whose holder is too busy to be reached is a lock', async () => {
  const directory = await storeWith(0);
  const path = join(directory, 'lock.sock');
  const holder = spawn(process.execPath, ['-e', BUSY, path]);
  await once(holder.stdout, 'data');
  const sockets: Socket[] = [];
  try {
    for (let code = ''; code === ''; ) {
      const socket = connect(path);
      sockets.push(socket);
      code = await new Promise<string>((resolve) => {
        socket.once('connect', () => resolve(''));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
      });
    }
    await expect(openStore({ directory })).rejects.toThrow(StoreLockedError);
    expect(existsSync(path)).toBe(true);
  } finally {
    for (const socket of sockets) socket.destroy();
    holder.kill('SIGKILL');
  }
});

test('a socket that is not ours and answers nothing is a lock', async () => {
  const directory = await storeWith(0);
  const server = createServer((socket) => socket.end());
  server.listen(join(directory, 'lock.sock'));
  await once(server, 'listening');
  await expect(openStore({ directory })).rejects.toThrow(/open in process unknown/);
  server.close();
});

/** Runs as a user who may write nothing here; root may write everywhere. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('a directory that may not be written to is refused, and read all the same', async () => {
  const parent = temporaryDirectory();
  chmodSync(parent, 0o555);
  const directory = await storeWith(2);
  for (const path of [directory, join(directory, 'snapshots')]) chmodSync(path, 0o555);
  chmodSync(join(directory, 'blocks'), 0o555);
  chmodSync(join(directory, 'blocks', 'data.mdb'), 0o444);
  chmodSync(join(directory, 'blocks', 'lock.mdb'), 0o666);
  await asNobody(async () => {
    const made = openStore({ directory: join(parent, 'data'), network });
    await expect(made).rejects.toThrow(StoreUnwritableError);
    await expect(made).rejects.toThrow(/this user may not write there; nothing was changed/);
    await expect(openStore({ directory })).rejects.toThrow(StoreUnwritableError);
    const reader = await openStore({ directory, isReadOnly: true });
    expect(reader.head).toBe(8);
    await reader.close();
  });
  for (const path of [parent, directory, join(directory, 'snapshots'), join(directory, 'blocks')]) {
    chmodSync(path, 0o755);
  }
});

test('a file in the place of the directory is refused', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, 'x');
  await expect(openStore({ directory: file, network })).rejects.toThrow(/a file is in the way/);
  const inside = openStore({ directory: join(file, 'data'), network });
  await expect(inside).rejects.toThrow(/a part of the path is not a directory/);
});

test('a torn or foreign database is refused before LMDB maps it', async () => {
  const cases: readonly [string, (file: string, bytes: Buffer) => void, RegExp][] = [
    ['foreign', (file) => writeFileSync(file, 'x'.repeat(9000)), /does not begin like a database/],
    ['short', (file) => truncateSync(file, 100), /cut off/],
    ['torn', (file, bytes) => truncateSync(file, bytes.length >> 2), /outside of the file/],
    [
      'zeroed',
      (file, bytes) => {
        bytes.fill(0, 8192);
        writeFileSync(file, bytes);
      },
      /page \d+ is another page/,
    ],
  ];
  for (const [name, damage, message] of cases) {
    const directory = await storeWith(40);
    const file = join(directory, 'blocks', 'data.mdb');
    damage(file, readFileSync(file));
    for (const isReadOnly of [false, true]) {
      const failure = openStore({ directory, isReadOnly });
      await expect(failure, name).rejects.toThrow(DamagedStoreError);
      await expect(failure, name).rejects.toThrow(message);
    }
  }
});
