// Keys that are whole and act beyond what is theirs.
import {
  type Action,
  type AGENT_SCOPES,
  type CommandKind,
  commandSchema,
} from '@plimsoll/core/schema';
import {
  ACCOUNTS,
  actionOf,
  cancelAll,
  cast,
  deposit,
  type Keyed,
  openings,
  order,
  PRICE,
  theft,
} from '../cast.ts';
import { throughDoors } from '../doors.ts';
import type { Attack, Stage } from '../stage.ts';

interface Act {
  readonly signer: Keyed;
  readonly account: number;
  readonly actions: readonly Action[];
}

/** Each act as often as it says, through all doors. */
function attack(
  name: string,
  what: string,
  {
    count,
    answers,
    acts,
  }: {
    readonly count: number;
    readonly answers: readonly string[];
    readonly acts: readonly Act[];
  },
): Attack {
  return {
    name,
    what,
    expects: answers,
    run: (stage, tally) => {
      const rounds = Math.max(1, Math.round(stage.times(count) / acts.length));
      const all = Array.from({ length: rounds }, () => acts).flat();
      return throughDoors(
        stage,
        tally,
        all.map((act) => stage.seals.forge(act)),
      );
    },
  };
}

const { victim } = ACCOUNTS;
const bid = order('buy', PRICE - 100_000);
const approval: Action = {
  kind: 'approveAgent',
  agent: cast.stranger.address,
  scopes: 31,
  expiresMs: 2_000_000_000_000,
};

const of = (signer: Keyed, ...lists: readonly (readonly Action[])[]): Act[] =>
  lists.map((actions) => ({ signer, account: victim, actions }));

const kinds = Object.keys(commandSchema) as CommandKind[];
const byAuthority = (authority: string): Action[] =>
  kinds.filter((kind) => commandSchema[kind].authority === authority).map(actionOf);
const ofAuthorities = [
  ...byAuthority('custodian'),
  ...byAuthority('admin'),
  ...byAuthority('guardian'),
];

const asAuthority = (signer: Keyed, actions: readonly Action[], account = 0): Act[] =>
  actions.map((action) => ({ signer, account, actions: [action] }));

/** Kinds that an owner or an agent sends. */
const ofAccounts = [...byAuthority('owner'), ...byAuthority('agent')];

export const keyAttacks: readonly Attack[] = [
  attack('commands for another account', 'mallory and the stranger act for the victim', {
    count: 240,
    answers: ['signerUnauthorized'],
    acts: [cast.mallory, cast.stranger].flatMap((signer) =>
      of(signer, [theft], [bid], [cancelAll], [approval]),
    ),
  }),
  attack('an account that is none', 'accounts 900, 2³² − 1', {
    count: 90,
    answers: ['accountUnknown'],
    acts: [900, 0xffff_ffff].map((account) => ({
      signer: cast.mallory,
      account,
      actions: [cancelAll],
    })),
  }),
  attack('expired agent', 'a trading agent of the victim, some time after its end', {
    count: 180,
    answers: ['agentExpired'],
    acts: of(cast.expired, [bid], [cancelAll]),
  }),
  attack('revoked agent', 'a trading agent of the victim that was revoked', {
    count: 180,
    answers: ['signerUnauthorized'],
    acts: of(cast.revoked, [bid], [cancelAll], [approval]),
  }),
  attack('an agent beyond its scope', 'one that may cancel trades, lends, transfers, sets rates', {
    count: 240,
    answers: ['agentScope'],
    acts: of(
      cast.canceller,
      ...ofAccounts
        .filter(({ kind }) => {
          const scope = scopeOf(kind);
          return scope !== undefined && scope !== 'cancel';
        })
        .flatMap((action) => [[action], [cancelAll, action]]),
    ),
  }),
  attack('an agent as if it were the owner', 'withdraws, funds pools, makes and unmakes agents', {
    count: 240,
    answers: ['signerUnauthorized'],
    acts: [cast.canceller, cast.trader].flatMap((signer) =>
      of(signer, ...byAuthority('owner').map((action) => [action]), [cancelAll, theft]),
    ),
  }),
  attack('authorities played by strangers', `every one of their ${ofAuthorities.length} kinds`, {
    count: 360,
    answers: ['signerUnauthorized'],
    acts: [
      ...asAuthority(cast.stranger, ofAuthorities),
      ...asAuthority(cast.mallory, ofAuthorities),
      ...asAuthority(cast.mallory, ofAuthorities, ACCOUNTS.mallory),
      ...asAuthority(cast.publisher, ofAuthorities),
    ],
  }),
  attack('one authority as another', 'custodian as admin and guardian, and so on round', {
    count: 240,
    answers: ['signerUnauthorized'],
    acts: [
      ...asAuthority(cast.custodian, [...byAuthority('admin'), ...byAuthority('guardian')]),
      ...asAuthority(cast.guardian, [...byAuthority('admin'), ...byAuthority('custodian')]),
      ...asAuthority(cast.admin, byAuthority('custodian')),
      ...[cast.admin, cast.guardian, cast.custodian].flatMap((signer) =>
        of(signer, [theft], [cancelAll]),
      ),
    ],
  }),
  {
    name: 'deposits replayed',
    what: "a deposit of the custodian's again and again, its number signed anew, its amount changed",
    expects: [
      ...['receipt', 'in a block, refused: depositSequence', 'signerUnauthorized'],
      'credited once',
    ],
    run: async (stage, tally) => {
      const { custodian: signer, mallory } = cast;
      const before = await accountsOfMallory(stage);
      const actions = [deposit(NEXT_SEQUENCE, mallory, 100)];
      const fresh = stage.seals.lawfully({ signer, account: 0, actions });
      await throughDoors(stage, tally, Array(stage.times(300)).fill(fresh));
      const anew = stage.seals.lawfully({ signer, account: 0, actions });
      await throughDoors(stage, tally, Array(stage.times(30)).fill(anew));
      const more: Action = { ...deposit(NEXT_SEQUENCE + 1, mallory, 1_000_000) };
      const forged = stage.seals.forge({ signer, account: 0, actions: [more] });
      const changed = { ...forged, signature: fresh.signature };
      await throughDoors(stage, tally, Array(stage.times(90)).fill(changed));
      tally.tried();
      const opened = (await accountsOfMallory(stage)) - before;
      tally.answered(opened === 1 ? 'credited once' : `credited ${opened} times`);
    },
  },
];

/** After those that opened all accounts. */
const NEXT_SEQUENCE = openings().flat().length + 1;

async function accountsOfMallory(stage: Stage): Promise<number> {
  const path = `/v1/owners/${cast.mallory.address}/accounts`;
  return (await stage.read<{ accounts: readonly unknown[] }>(path)).accounts.length;
}

function scopeOf(kind: CommandKind): keyof typeof AGENT_SCOPES | undefined {
  const schema = commandSchema[kind];
  return 'scope' in schema ? schema.scope : undefined;
}
