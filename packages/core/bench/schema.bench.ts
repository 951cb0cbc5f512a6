// What stands between a command in memory and the machine, and between a block and its hash: the
// check at the door, canonical bytes and back. 1,000 commands: half orders, half cancels.
import {
  type Block,
  ByteWriter,
  commandProblem,
  decodeBlock,
  encodeBlock,
  encodeJsonBlock,
  type OpenedCommand,
} from '@plimsoll/core/schema';

const count = 1000;
const rounds = 100;
// The bytes against what the host's own JSON writer needs for the same block, in the same run.
const ratioMax = 1;

const commands = Array.from(
  { length: count },
  (_, i): OpenedCommand => ({
    signer: '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf',
    account: i + 1,
    nonce: 1_760_000_000_000 + i,
    expiresMs: 1_760_000_060_000,
    actions: [
      i % 2 === 0
        ? { kind: 'cancelOrder', order: i, clientId: 0 }
        : {
            kind: 'placeOrder',
            instrument: 1 + (i % 100),
            side: i % 3 === 0 ? 'buy' : 'sell',
            size: 1 + i,
            price: 10_000 + i,
            timeInForce: 'goodTillCancelled',
            isPostOnly: false,
            isReduceOnly: false,
            selfTrade: 'cancelResting',
            clientId: i,
          },
    ],
  }),
);
const block: Block = { height: 1, timeMs: 1, version: 1, observations: [], commands };
const writer = new ByteWriter();
const bytes = encodeBlock(block);
let sink = 0;

function nsPerCommand(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    run();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / count);
  }
  return least;
}

const door = nsPerCommand(() => {
  for (const command of commands) if (commandProblem(command) !== undefined) sink++;
});
const encode = nsPerCommand(() => {
  sink += encodeBlock(block, writer).length;
});
const decode = nsPerCommand(() => {
  if ('malformed' in decodeBlock(bytes)) sink++;
});
const json = nsPerCommand(() => {
  sink += JSON.stringify(encodeJsonBlock(block)).length;
});

console.log(`door: ${door.toFixed(0)} ns per command`);
console.log(`encode: ${encode.toFixed(0)} ns per command, ${bytes.length / count} bytes`);
console.log(`decode: ${decode.toFixed(0)} ns per command`);
console.log(`JSON: ${json.toFixed(0)} ns per command, bytes ÷ JSON ${(encode / json).toFixed(2)}`);
process.exitCode = encode / json < ratioMax && sink > 0 ? 0 : 1;
