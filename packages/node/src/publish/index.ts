// Publishers: prices from files, from a seeded market or live from venues, signed and sent. Keeps
// true: what is sent is the newest, is stamped with when it held, and is never old; nothing is
// invented where a source is silent. Start at runPublisher.ts, then the source you need.
export { type FileOptions, fileCourse, filePrices, type PriceFile } from './filePrices.ts';
export {
  DEV_KEY_WARNING,
  KeyFileError,
  type KeyPair,
  newKey,
  readKeyFile,
  writeKeyFile,
} from './keyFile.ts';
export { type PaceOptions, type PriceCourse, pacedPrices } from './pacedPrices.ts';
export { type PriceSource, PriceSourceError, type SourcePrice } from './price.ts';
export { NodeUnreachableError, type PriceNode, priceNode } from './priceNode.ts';
export { readVenues, type VenueFile } from './readVenues.ts';
export {
  type PublisherNews,
  type PublisherOptions,
  type PublisherTotals,
  runPublisher,
} from './runPublisher.ts';
export {
  type SeededCrash,
  type SeededOptions,
  type SeededUnderlying,
  seededPrices,
} from './seededPrices.ts';
export type { VenueSpec } from './venueConnection.ts';
export { type VenueNews, type VenueOptions, venuePrices } from './venuePrices.ts';
