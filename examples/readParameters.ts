// Reads the rules of the network: every parameter with its unit, its range and which way is safe,
// and the changes that wait for their notice. Needs no key.
import { createClient } from '@plimsoll/api/client';
import { url } from './devNetwork.ts';

const client = createClient({ url });
const { network, height } = await client.read('network');
console.log(`${network.name}, chain ${network.chainId}, at block ${height}.`);

const { parameters } = await client.read('parameters', { scope: 'global' });
for (const { name, value, unit, min, max, safer } of parameters) {
  console.log(`${name} = ${value} ${unit} (${min} to ${max}; safer: ${safer})`);
}

const { tiers, rules } = await client.read('market', { instrument: 'BTC-PERP' });
for (const { lowerBound, initialPpm, maintenancePpm } of tiers) {
  const from = `${lowerBound.amount} ${lowerBound.asset}`;
  console.log(
    `BTC-PERP from ${from}: initial ${initialPpm} ppm, maintenance ${maintenancePpm} ppm`,
  );
}
console.log(`BTC-PERP: taker ${rules.takerFeePpm} ppm, maker ${rules.makerFeePpm} ppm.`);

const { changes } = await client.read('pendingChanges');
if (changes.length === 0) console.log('No change is pending.');
for (const { parameter, present, value, inMs } of changes) {
  console.log(`${parameter}: ${present} becomes ${value} in ${inMs} ms.`);
}
client.close();
