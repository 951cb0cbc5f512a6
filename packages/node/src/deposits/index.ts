// Cancels that lie with the node for the end of a connection. Keeps true: what was acknowledged is
// on disk, nothing but a cancel that its signer may send is kept, and one that was not answered yet
// outlives the process. Start at depositBox.ts; depositJournal.ts is the file. Spec: stream 7.
export { DepositBox } from './depositBox.ts';
export { openDepositJournal } from './depositJournal.ts';
export type { Deposits } from './deposits.ts';
export { judgeDeposit } from './judgeDeposit.ts';
