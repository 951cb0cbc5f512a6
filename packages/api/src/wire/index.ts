// What goes over the wire beside the machine's own records: receipts, problems, and the messages of
// the stream. Keeps true: one form of error everywhere, with number, sentence, figures and remedy.
// Start at problem.ts; stream.ts and updates.ts for the WebSocket, binary.ts for its fast form.

export {
  decodeSubmitFrame,
  encodeSubmitFrame,
  MalformedFrameError,
  type SignedBody,
  type SubmitFrame,
  submitFrameId,
} from './binary.ts';
export { bookChecksum, CHECKSUM_LEVELS, crc32 } from './bookChecksum.ts';
export {
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
