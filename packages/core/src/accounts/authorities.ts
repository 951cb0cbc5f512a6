import { assert } from '../math/index.ts';
import { type Address, AUTHORITY_ROLE } from '../schema/index.ts';
import { addressEquals, type State, writeAddress } from '../state/index.ts';

/** Roles that a genesis can give to a key. */
export type RoleName = Exclude<keyof typeof AUTHORITY_ROLE, 'none'>;

/**
 * Gives a key a role, at genesis only. A key has one role at most, so that its nonces are counted
 * in one place. Spec: accounts 6.
 *
 * @throws InvariantError when the table is full or the key has a role.
 */
export function grantRole(state: State, role: RoleName, key: Address): void {
  const { authorities } = state;
  let free = -1;
  for (let row = authorities.role.rows - 1; row >= 0; row--) {
    if (authorities.role.get(row) === AUTHORITY_ROLE.none) free = row;
    else assert(!addressEquals(authorities.address, row, key), 'a key has one role', { key });
  }
  assert(free >= 0, 'the table of authorities has room');
  authorities.role.set(free, AUTHORITY_ROLE[role]);
  writeAddress(authorities.address, free, key);
}
