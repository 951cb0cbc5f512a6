// Before each file of properties: the seed of their inputs. One for all runs unless
// PROPERTY_SEED says another, or `random`: a test that also counts what its inputs covered must not
// fail by luck, and a failure must come again.
import fc from 'fast-check';

const SEED = 20_261_122;

const wanted = process.env.PROPERTY_SEED ?? String(SEED);
const seed = wanted === 'random' ? Date.now() % 2 ** 31 : Number(wanted);
if (!Number.isSafeInteger(seed)) {
  throw new Error(`PROPERTY_SEED is a whole number or "random", and is "${wanted}"`);
}
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
