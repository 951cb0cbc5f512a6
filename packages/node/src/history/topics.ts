import { type Event, type EventKind, eventSchema } from '@plimsoll/core/schema';
import type { LiquidationKind } from './historyReader.ts';

/**
 * Under what an event is found. Every event that names an account stands under exactly one of the
 * account's topics, so that a page over all of them has no row twice. Spec: replica 3.
 */
export const TOPIC = {
  accountOrders: 1,
  accountFills: 2,
  accountFunding: 3,
  accountRest: 4,
  trades: 5,
  fundingRates: 6,
  liquidations: 7,
  governance: 8,
} as const;
export type Topic = (typeof TOPIC)[keyof typeof TOPIC];

const TWO_32 = 4_294_967_296;
/** The fields of events that hold the number of an account. */
const ACCOUNT_FIELDS: ReadonlySet<string> = new Set([
  'account',
  'to',
  'taker',
  'maker',
  'bankrupt',
]);

const LIQUIDATIONS: readonly LiquidationKind[] = [
  'liquidationStarted',
  'liquidationWaited',
  'liquidationEnded',
  'closedOut',
  'collateralSold',
  'deficitOpened',
  'poolDrawn',
  'deleveraged',
  'lossSocialized',
  'badDebtRecorded',
  'badDebtRepaid',
  'assetBought',
  'suppliersPaid',
];

const GOVERNANCE: readonly EventKind[] = [
  'statusChanged',
  'graceStarted',
  'assetListed',
  'underlyingListed',
  'instrumentListed',
  'publisherSet',
  'parameterChanged',
  'changeProposed',
  'proposalCancelled',
  'marketStateChanged',
  'marketHalted',
  'outflowLimited',
  'indexDisputed',
  'closeOnlyEntered',
  'closeOnlyEnded',
  'openingProposed',
];

interface KindPlan {
  readonly id: number;
  readonly accountTopic: Topic;
  readonly accountFields: readonly string[];
  /** 0: none. */
  readonly globalTopic: Topic | 0;
  readonly instrumentTopic: Topic | 0;
}

const plans: { readonly [kind: string]: KindPlan } = Object.fromEntries(
  (Object.keys(eventSchema) as EventKind[]).map((kind) => [kind, planOf(kind)]),
);

function planOf(kind: EventKind): KindPlan {
  const { id, fields } = eventSchema[kind];
  return {
    id,
    accountTopic: accountTopicOf(kind),
    accountFields: Object.keys(fields).filter((field) => ACCOUNT_FIELDS.has(field)),
    globalTopic: globalTopicOf(kind),
    instrumentTopic:
      kind === 'filled' ? TOPIC.trades : kind === 'fundingRateSet' ? TOPIC.fundingRates : 0,
  };
}

function globalTopicOf(kind: EventKind): Topic | 0 {
  if ((LIQUIDATIONS as readonly string[]).includes(kind)) return TOPIC.liquidations;
  return GOVERNANCE.includes(kind) ? TOPIC.governance : 0;
}

/** The account topic that holds events of a kind. */
export function accountTopicOf(kind: EventKind): Topic {
  if (kind === 'orderPlaced' || kind === 'orderCancelled') return TOPIC.accountOrders;
  if (kind === 'filled') return TOPIC.accountFills;
  return kind === 'fundingPaid' ? TOPIC.accountFunding : TOPIC.accountRest;
}

/** A topic of one account, instrument or of nobody (id 0) as one number. */
export function topicKey(topic: Topic, id: number): number {
  return topic * TWO_32 + id;
}

/** The number of a kind of event, 1 to 255. */
export function kindIdOf(kind: EventKind): number {
  return eventSchema[kind].id;
}

/** Calls `add` with every topic key under which an event is found; each once. */
export function topicsOf(event: Event, add: (key: number) => void): void {
  const plan = plans[event.kind] as KindPlan;
  const record = event as { readonly [field: string]: unknown };
  const fields = plan.accountFields;
  for (let i = 0; i < fields.length; i++) {
    const account = record[fields[i] as string] as number;
    if (account === 0 || (i > 0 && record[fields[0] as string] === account)) continue;
    add(topicKey(plan.accountTopic, account));
  }
  if (plan.instrumentTopic !== 0) add(topicKey(plan.instrumentTopic, record.instrument as number));
  if (plan.globalTopic !== 0) add(topicKey(plan.globalTopic, 0));
}
