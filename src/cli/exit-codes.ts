/** Exit codes, the same for every command. Unknown codes are failures. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  findings: 20,
  partial: 21,
  badInput: 22,
  nothingReachable: 23,
  refused: 24,
  locked: 25,
  changesPending: 26,
  integrity: 27,
  interrupted: 130,
  terminated: 143,
} as const;

export const exitCodeMeanings: readonly (readonly [number, string])[] = [
  [0, "done"],
  [1, "a bug in pdc"],
  [2, "wrong usage: flags, arguments, unknown command"],
  [20, "findings (audit, checks asked to fail on findings)"],
  [21, "partial: some devices or steps failed, the others are done"],
  [22, "bad inventory, configuration or file"],
  [23, "nothing reachable"],
  [24, "credentials refused or wrong passphrase"],
  [25, "locked by another run"],
  [26, "changes pending"],
  [27, "integrity: a stored file is damaged"],
  [130, "interrupted (Ctrl-C)"],
  [143, "terminated"],
];
