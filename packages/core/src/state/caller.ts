/** Who sends an action, as the envelope found it. */
export interface Caller {
  /** The account the command names; 0 for an authority. */
  readonly account: number;
  /**
   * The account whose owner or agent signed; the owner may do all, an agent what its scopes say.
   */
  readonly isOwner: boolean;
  /** AUTHORITY_ROLE of the signer; 0 for owners and agents. */
  readonly role: number;
}
