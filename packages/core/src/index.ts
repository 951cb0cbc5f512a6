// The door of @plimsoll/core. Each folder has a door of its own (`@plimsoll/core/risk`); this one
// names what a host needs to embed the machine. Start reading at machine/applyBlock.ts.
export {};
