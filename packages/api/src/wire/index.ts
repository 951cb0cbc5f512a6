// What goes over the wire beside the machine's own records: receipts, problems, events, and the
// messages of the stream. Keeps true: one form of error everywhere, with number, sentence, figures
// and remedy; one form of event; nothing that people read is in units of the machine. Start at
// problem.ts and eventJson.ts; stream.ts and updates.ts for the WebSocket, binary.ts for its fast
// form.

export {
  decodeSubmitFrame,
  encodeSubmitFrame,
  MalformedFrameError,
  type SignedBody,
  type SubmitFrame,
  submitFrameId,
} from './binary.ts';
export { bookChecksum, CHECKSUM_LEVELS, crc32 } from './bookChecksum.ts';
export { type EventJson, type EventJsonOf, eventJson, eventText } from './eventJson.ts';
export { figuresJson, type RawRefusal, refusalProblem } from './figures.ts';
export {
  factsOf,
  type NodeProblemName,
  nodeProblem,
  nodeProblems,
  type Problem,
  ProblemError,
  type ProblemFigures,
  rejectionProblem,
} from './problem.ts';
export type { PricesReceipt, Receipt } from './receipt.ts';
export {
  type CancelOnDisconnectMessage,
  CHANNELS,
  type Channel,
  CLOSE,
  type ClientMessage,
  type CommandAnswer,
  type CommandJson,
  type DoneMessage,
  type PingMessage,
  type PongMessage,
  type PriceJson,
  type ProblemMessage,
  type PublishedMessage,
  type PublishMessage,
  type ReceiptsMessage,
  type ServerMessage,
  STREAM_PATH,
  STREAM_PROTOCOL,
  type StreamLimits,
  type SubmitMessage,
  type SubscribedMessage,
  type SubscribedTopic,
  type SubscribeMessage,
  type TopicName,
  type TopicRequest,
  type UnsubscribeMessage,
  type WelcomeMessage,
} from './stream.ts';
export type {
  AccountUpdate,
  AmountJson,
  BalanceJson,
  BlocksUpdate,
  BookUpdate,
  CandleJson,
  CandlesUpdate,
  IndexStatus,
  Level,
  LiquidationsUpdate,
  OrderJson,
  PositionJson,
  PricesUpdate,
  SnapshotHead,
  StampedEventJson,
  TradeJson,
  TradesUpdate,
  Update,
  UpdateHead,
} from './updates.ts';
export {
  amountJson,
  type WireAsset,
  type WireInstrument,
  type WireUnderlying,
  type WireUnits,
} from './wireUnits.ts';
export { valueText, type WireValue } from './wireValue.ts';
export { priceText } from './writeField.ts';
