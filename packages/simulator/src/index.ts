// The door of @plimsoll/simulator: seeded markets, agents, faults and checkers around the machine.
export {};
