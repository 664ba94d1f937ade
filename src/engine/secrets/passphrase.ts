import { createCipheriv, createDecipheriv, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { EngineError } from "../interface/errors.ts";

/** Seals and opens texts; what a checkpoint names under `secrets_providers`. */
export interface SecretsManager {
  readonly type: "passphrase";
  /** goes into the checkpoint: the salt with its check value */
  readonly state: { readonly salt: string };
  encrypt(plaintext: string): string;
  /** @throws EngineError (exit 24) when the text was sealed with another passphrase or was altered */
  decrypt(ciphertext: string): string;
  /** HMAC-SHA-256 in hexadecimal, with a key that is derived from the one that seals */
  authenticate(text: string): string;
}

// Pulumi's parameters: sdk/go/common/resource/config/crypt.go, pkg/secrets/passphrase/manager.go.
const ITERATIONS = 1_000_000;
const KEY_OCTETS = 32;
const SALT_OCTETS = 8;
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
const CHECK_TEXT = "pulumi";
/** One key for each purpose. */
const AUTHENTICATION_LABEL = "pdc: authentication of stack state, 1";

const derive = promisify(pbkdf2);

class PassphraseManager implements SecretsManager {
  readonly type = "passphrase";
  readonly state: { readonly salt: string };
  private readonly key: Buffer;
  private readonly authenticationKey: Buffer;

  constructor(key: Buffer, salt: string) {
    this.key = key;
    this.authenticationKey = createHmac("sha256", key).update(AUTHENTICATION_LABEL).digest();
    this.state = { salt };
  }

  encrypt(plaintext: string): string {
    return seal(this.key, plaintext);
  }

  authenticate(text: string): string {
    return createHmac("sha256", this.authenticationKey).update(text).digest("hex");
  }

  decrypt(ciphertext: string): string {
    const plaintext = open(this.key, ciphertext);
    if (plaintext === undefined) {
      throw new EngineError(
        "secret-unreadable",
        24,
        "a secret of the stack could not be opened: wrong passphrase, or altered",
      );
    }
    return plaintext;
  }
}

function seal(key: Buffer, plaintext: string): string {
  const nonce = randomBytes(NONCE_OCTETS);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
}

function open(key: Buffer, sealed: string): string | undefined {
  const [version, nonce, body, ...rest] = sealed.split(":");
  if (version !== "v1" || nonce === undefined || body === undefined || rest.length > 0) return undefined;
  const data = Buffer.from(body, "base64");
  if (data.length < TAG_OCTETS) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(data.subarray(-TAG_OCTETS));
    return Buffer.concat([decipher.update(data.subarray(0, -TAG_OCTETS)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

// One million rounds take 0.3 s: once per process and salt.
const derived = new Map<string, Promise<Buffer>>();

function keyFor(passphrase: string, saltBase64: string): Promise<Buffer> {
  const cacheKey = `${saltBase64}\0${passphrase}`;
  let key = derived.get(cacheKey);
  if (!key) {
    key = derive(passphrase, Buffer.from(saltBase64, "base64"), ITERATIONS, KEY_OCTETS, "sha256");
    derived.set(cacheKey, key);
  }
  return key;
}

/**
 * A manager with a new salt. A stack of the CLI may have an empty passphrase, a new one of ours may not.
 * @throws EngineError (exit 24) for an empty passphrase
 */
export async function createPassphraseManager(passphrase: string): Promise<SecretsManager> {
  if (passphrase === "") {
    throw new EngineError(
      "passphrase-empty",
      24,
      "an empty passphrase protects nothing",
      "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to one",
    );
  }
  const salt = randomBytes(SALT_OCTETS).toString("base64");
  const key = await keyFor(passphrase, salt);
  return new PassphraseManager(key, `v1:${salt}:${seal(key, CHECK_TEXT)}`);
}

/**
 * The manager of an existing salt: `v1:<salt>:v1:<nonce>:<ciphertext of "pulumi">`, as `encryptionsalt` of a
 * stack's settings and the checkpoint have it.
 * @throws EngineError (exit 24) when the passphrase is another
 */
export async function openPassphraseManager(passphrase: string, salt: string): Promise<SecretsManager> {
  const [version, saltBase64, ...check] = salt.split(":");
  if (version !== "v1" || !saltBase64 || check.length !== 3) {
    throw new EngineError("secrets-salt", 27, `malformed encryption salt "${salt.slice(0, 40)}"`);
  }
  const key = await keyFor(passphrase, saltBase64);
  if (open(key, check.join(":")) !== CHECK_TEXT) {
    throw new EngineError(
      "wrong-passphrase",
      24,
      "incorrect passphrase for this stack",
      "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase that the stack was made with",
    );
  }
  return new PassphraseManager(key, salt);
}
