import { createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { secretText } from "../../../src/snmp/secret.ts";
import type { AuthProtocol } from "../../../src/snmp/types.ts";
import { authKey, computeMac, verifyMac } from "../../../src/snmp/usm/authentication.ts";
import {
  extendBlumenthal,
  extendReeder,
  KeyCache,
  localiseKey,
  passwordToKey,
} from "../../../src/snmp/usm/keys.ts";
import { decrypt, encryptWith, privKey } from "../../../src/snmp/usm/privacy.ts";
import { AUTH_SPECS } from "../../../src/snmp/usm/protocols.ts";

const password = Buffer.from("maplesyrup");
const engineId = Buffer.from("000000000000000000000002", "hex");
const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** RFC 3414 A.3 and A.5 for MD5 and SHA-1; the SHA-2 values agree with two independent public suites. */
const vectors: [AuthProtocol, string, string, string][] = [
  ["md5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b", "075f47b15795d11577df5819"],
  [
    "sha1",
    "9fb5cc0381497b3793528939ff788d5d79145211",
    "6695febc9288e36282235fc7151f128497b38f3f",
    "60e38c0e8de18fe2b417fc4d",
  ],
  [
    "sha224",
    "282a5867ee9aac639ad59df9572c7d3ac0fbc13a905b6df07dbbf00b",
    "0bd8827c6e29f8065e08e09237f177e410f69b90e1782be682075674",
    "1d6f2bfed5dc449412ec4201727fd041",
  ],
  [
    "sha256",
    "ab51014d1e077f6017df2b12bee5f5aa72993177e9bb569c4dff5a4ca0b4afac",
    "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b",
    "428bf96e69985ff63e871d0102530b44df57638099358f54",
  ],
  [
    "sha384",
    "e06eccdf2c68a06ed034723c9c26e0db3b669e1e2efed49150b55377a2e98f383c86fb836857444654b287c93f51ff64",
    "3b298f16164a11184279d5432bf169e2d2a48307de02b3d3f7e2b4f36eb6f0455a53689a3937eea07319a633d2ccba78",
    "17c59bc6903de9a7eebb97a66ff2371b8d772a59951f8196c2542a197507b3af",
  ],
  [
    "sha512",
    "7e4396de5aadc77be853819b98c9406265b3a9c37cc3176569847a4e4f6fba63dd3a73d04924d31a63f95a601f9385af6be4ed1b37f87d040f7c6ed6f8d38a91",
    "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdff856740f3d84c099ad1ea87a8db096714d9788bd544047c9021e4229ce27e4c0a69250adfcffbb0b",
    "63119e454a1382fab690e034b63b599a4d5c1a40c0c6fb0e2dcb10c76c454e2914845a89a1cdb7424af5c70711c3b9f4",
  ],
];

describe("keys", () => {
  it.each(vectors)("%s: key of a password, localised key, MAC", (protocol, ku, kul, mac) => {
    const { hash, macOctets } = AUTH_SPECS[protocol];
    const key = passwordToKey(hash, password);
    expect(key.toString("hex")).toBe(ku);
    const localised = localiseKey(hash, key, engineId);
    expect(localised.toString("hex")).toBe(kul);
    expect(computeMac(authKey(protocol, localised), new Uint8Array(macOctets)).toString("hex")).toBe(mac);
  });

  it("changes with the password (RFC 3414 A.5)", () => {
    const changed = (hash: string): string =>
      localiseKey(hash, passwordToKey(hash, Buffer.from("newsyrup")), engineId).toString("hex");
    expect(changed("md5")).toBe("87021d7bd9d101ba05ea6e3bf9d9bd4a");
    expect(changed("sha1")).toBe("78e2dcce79d59403b58c1bbaa5bff46391f1cd25");
  });

  it("is made longer in both ways", () => {
    const kul = (hash: string): Buffer => localiseKey(hash, passwordToKey(hash, password), engineId);
    expect(extendReeder("md5", kul("md5"), engineId, 32).toString("hex")).toBe(
      "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12",
    );
    expect(extendReeder("sha1", kul("sha1"), engineId, 32).toString("hex")).toBe(
      "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c",
    );
    expect(extendBlumenthal("md5", kul("md5"), 32).toString("hex")).toBe(
      "526f5eed9fcce26f8964c2930787d82bfa24a92467426c2f4b09192be10dfaec",
    );
    expect(extendBlumenthal("sha1", kul("sha1"), 32).toString("hex")).toBe(
      "6695febc9288e36282235fc7151f128497b38f3f505e07eb9af25568fa1f5dbe",
    );
    expect(extendReeder("sha256", kul("sha256"), engineId, 32)).toEqual(kul("sha256"));
  });

  it("refuses short passwords and privacy alone (U6)", () => {
    const keys = new KeyCache();
    const short = secretText("1234567");
    expect(() => keys.keysFor({ auth: { protocol: "sha1", password: short } }, engineId)).toThrow(
      /at least 8/,
    );
    const long = secretText("12345678");
    expect(() => keys.keysFor({ priv: { protocol: "aes128", password: long } }, engineId)).toThrow(
      /authentication/,
    );
  });
});

describe("MAC", () => {
  it("refuses other lengths and flipped bits (U1)", () => {
    const auth = { hash: "sha256", key: createSecretKey(Buffer.alloc(32, 7)), macOctets: 24 };
    const message = Buffer.alloc(100, 1);
    message.fill(0, 40, 64);
    const mac = computeMac(auth, message);
    expect(verifyMac(auth, message, 40, mac)).toBe(true);
    for (const length of [0, 1, 12, 23, 25])
      expect(verifyMac(auth, message, 40, Buffer.alloc(length))).toBe(false);
    for (let bit = 0; bit < 192; bit++) {
      const wrong = Buffer.from(mac);
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      expect(verifyMac(auth, message, 40, wrong)).toBe(false);
    }
  });
});

describe("privacy", () => {
  const sha1 = localiseKey("sha1", passwordToKey("sha1", password), engineId);

  it("AES-128 CFB as NIST SP 800-38A has it", () => {
    const priv = {
      cipher: "aes-128-cfb",
      key: createSecretKey(hex("2b7e151628aed2a6abf7158809cf4f3c")),
      preIv: undefined,
    };
    const encrypted = encryptWith(
      priv,
      0x00010203,
      0x04050607,
      hex("08090a0b0c0d0e0f"),
      hex("6bc1bee22e409f96e93d7e117393172a"),
    );
    expect(encrypted.toString("hex")).toBe("3b3fd92eb72dad20333449f8e83cfb4a");
  });

  it("AES-128 in the shape of USM, no padding", () => {
    const priv = privKey("aes128", sha1);
    const plain = Buffer.from(Array.from({ length: 21 }, (_, i) => i));
    const salt = hex("0000000000000003");
    const encrypted = encryptWith(priv, 1, 2, salt, plain);
    expect(encrypted.toString("hex")).toBe("91cace0e931895eab972fda98c95fdef5be62dc2f2");
    expect(decrypt(priv, 1, 2, salt, encrypted)).toEqual(plain);
  });

  it("DES through triple DES: FIPS 81 and the shape of USM", () => {
    const fips = {
      cipher: "des-ede3-cbc",
      key: createSecretKey(hex("0123456789abcdef0123456789abcdef0123456789abcdef")),
      preIv: hex("0000000000000000"),
    };
    // FIPS 81 shows ECB; with an IV of zero the first block of CBC is the same.
    expect(encryptWith(fips, 0, 0, Buffer.alloc(8), Buffer.from("Now is t")).toString("hex")).toBe(
      "3fa40e8a984d4815",
    );
    const priv = privKey("des", sha1);
    const plain = Buffer.from(Array.from({ length: 16 }, (_, i) => i));
    const salt = hex("0000000100000002");
    const encrypted = encryptWith(priv, 1, 0, salt, plain);
    expect(encrypted.toString("hex")).toBe("342d89959cc52e1c67fad53226939be3");
    expect(decrypt(priv, 1, 0, salt, encrypted)).toEqual(plain);
    expect(decrypt(priv, 1, 0, salt, encrypted.subarray(1))).toBeUndefined();
    expect(decrypt(priv, 1, 0, salt.subarray(1), encrypted)).toBeUndefined();
  });
});
