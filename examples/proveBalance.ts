// Proves, without trusting the node, that an account's rows stand under the state root, and that
// what it holds is counted in the liabilities that the node published.
import { InvalidProofError, verifyAccountProof, verifyLiabilityProof } from '@plimsoll/api/proofs';
import { bob, clientOf } from './devNetwork.ts';

const client = await clientOf(bob);
const { account } = client;
const usdc = await client.asset('USDC');

const rows = verifyAccountProof((await client.read('accountProof', { account })).proof);
console.log(`State root ${rows.root} of block ${rows.height} holds account ${rows.account}:`);
for (const { asset, amount } of rows.balances) {
  console.log(`  asset ${asset}: ${asset === usdc.id ? usdc.format(amount) : amount}`);
}

const { proof } = await client.read('liabilityProof', { account });
const { height, root, balances, lines } = verifyLiabilityProof(proof);
console.log(`The liabilities published at block ${height} (${root}) count it:`);
for (const { asset, claims } of balances) {
  if (asset !== usdc.id) continue;
  const all = lines.find((line) => line.asset === asset);
  console.log(
    `  ${usdc.format(claims)} of ${usdc.format(all?.claims ?? 0n)} USDC owed to accounts,`,
  );
  console.log(`  ${usdc.format(all?.custody ?? 0n)} USDC in custody.`);
}

// A proof that was tampered with does not pass.
const forged = JSON.stringify(proof).replace('"claims":"', '"claims":"9');
try {
  verifyLiabilityProof(JSON.parse(forged));
  throw new Error('a forged proof passed');
} catch (error) {
  if (!(error instanceof InvalidProofError)) throw error;
  console.log(`With one digit more it fails: ${error.message}`);
}
client.close();
