/** Why a registry or an archive gives no digest, with the exit code of the house. */
export class RegistryError extends Error {
  readonly code: string;
  readonly exitCode: number;
  readonly fix: string | undefined;
  constructor(code: keyof typeof exitCodes, message: string, fix?: string) {
    super(message);
    this.name = "RegistryError";
    this.code = code;
    this.exitCode = exitCodes[code];
    this.fix = fix;
  }
}

const exitCodes = {
  "registry-unreachable": 23,
  "registry-refused": 24,
  "registry-answer": 22,
  "registry-damaged": 27,
  "bad-archive": 22,
} as const;
