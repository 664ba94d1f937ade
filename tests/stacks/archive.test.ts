/** Digests from archives: only those of whole images, computed from their own octets; everything else is told. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readArchive } from "../../src/actions/stack/images/archive.ts";
import { stackImages } from "../../src/actions/stack/images.ts";
import { changedExample } from "../policy/example.ts";
import { digestOf, layout, makeImage, manifestType, pathOf, tarEntry } from "./make-image.ts";

const one = { name: "registry.quangbinh.example:5000/mot-cua/api:2.4.1", image: makeImage("one") };
const two = { name: "mot-cua/portal:2.4.1", image: makeImage("two") };

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "pdc-archive-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function unpacked(files: ReadonlyMap<string, Buffer>): string {
  const root = directory();
  for (const [path, octets] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), octets);
  }
  return root;
}

function packed(files: ReadonlyMap<string, Buffer>): string {
  const path = join(directory(), "images.tar");
  const entries = [...files].map(([name, octets]) => tarEntry(name, octets));
  writeFileSync(path, Buffer.concat([...entries, Buffer.alloc(1024)]));
  return path;
}

/** GNU tar's own files, with its long names and "./" before each. */
function packedByTar(files: ReadonlyMap<string, Buffer>, ...options: string[]): string {
  const root = unpacked(files);
  const path = join(directory(), "images.tar");
  expect(spawnSync("tar", [...options, "-cf", path, "-C", root, "."]).status).toBe(0);
  return path;
}

const images = [
  { name: one.name, digest: digestOf(one.image.manifest) },
  { name: two.name, digest: digestOf(two.image.manifest) },
];

describe("an archive", () => {
  const files = layout([one, two]);
  test.each([
    ["a directory", () => unpacked(files)],
    ["a tar", () => packed(files)],
    ["a tar of GNU tar", () => packedByTar(files, "--format=gnu")],
    ["a tar with pax headers", () => packedByTar(files, "--format=pax")],
  ])("as %s gives the digests of its manifests", async (_what, make) => {
    const archive = await readArchive(make());
    expect(archive.images).toEqual(images);
    expect(archive.unusable).toEqual([]);
  });

  test("with a list of platforms gives the digest of the list, when all below is there", async () => {
    const manifest = one.image.manifest;
    const list = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        manifests: [{ mediaType: manifestType, digest: digestOf(manifest), size: manifest.length }],
      }),
    );
    const withList = new Map(layout([one]));
    withList.set(pathOf(digestOf(list)), list);
    const annotations = { "io.containerd.image.name": one.name };
    withList.set(
      "index.json",
      Buffer.from(JSON.stringify({ manifests: [{ digest: digestOf(list), annotations }] })),
    );
    expect((await readArchive(packed(withList))).images).toEqual([
      { name: one.name, digest: digestOf(list) },
    ]);
    const layer = [...one.image.blobs.keys()][1]!;
    withList.delete(pathOf(layer));
    const archive = await readArchive(packed(withList));
    expect(archive).toMatchObject({
      images: [],
      unusable: [{ name: one.name, reason: `${layer} is not in the archive` }],
    });
  });

  test.each([0, 1])(
    "that lost blob %s of an image does not give its digest, but the others'",
    async (index) => {
      const files = layout([one, two]);
      const lost = [...one.image.blobs.keys()][index]!;
      files.delete(pathOf(lost));
      const archive = await readArchive(packed(files));
      expect(archive.images).toEqual(images.slice(1));
      expect(archive.unusable).toEqual([{ name: one.name, reason: `${lost} is not in the archive` }]);
    },
  );

  test("with a changed octet is told as damaged", async () => {
    const files = layout([one]);
    const [, layer] = [...one.image.blobs.keys()];
    files.set(pathOf(layer!), Buffer.concat([files.get(pathOf(layer!))!.subarray(0, -1), Buffer.from("x")]));
    expect((await readArchive(packed(files))).unusable).toEqual([
      { name: one.name, reason: `${layer} is damaged` },
    ]);
    const digest = digestOf(one.image.manifest);
    const other = layout([one]);
    other.set(pathOf(digest), Buffer.from("{}"));
    expect((await readArchive(packed(other))).unusable).toEqual([
      { name: one.name, reason: `${digest} is damaged` },
    ]);
  });

  test("of an older docker save gives no digest", async () => {
    const files = new Map([
      [
        "manifest.json",
        Buffer.from(JSON.stringify([{ Config: "c.json", RepoTags: [two.name], Layers: [] }])),
      ],
    ]);
    const archive = await readArchive(packed(files));
    expect(archive.images).toEqual([]);
    expect(archive.unusable[0]).toMatchObject({
      name: two.name,
      reason: expect.stringContaining("only at a push"),
    });
  });

  test.each([
    ["that is none", () => Buffer.from("x".repeat(2048)), "is no tar archive"],
    [
      "of something else",
      () => Buffer.concat([tarEntry("a", Buffer.from("b")), Buffer.alloc(1024)]),
      "neither index.json nor manifest.json",
    ],
    ["that is compressed", () => Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(1024)]), "gunzip"],
    [
      "that ends too early",
      () => tarEntry("index.json", Buffer.alloc(4096, 65)).subarray(0, 1024),
      "ends in the middle",
    ],
    [
      "whose index is not JSON",
      () => Buffer.concat([tarEntry("index.json", Buffer.from("{")), Buffer.alloc(1024)]),
      "index.json is not what it should be",
    ],
  ])("%s is refused", async (_what, make, message) => {
    const path = join(directory(), "x.tar");
    writeFileSync(path, make());
    const error = await readArchive(path).catch(
      (thrown: Error & { fix?: string; exitCode?: number }) => thrown,
    );
    expect(error).toMatchObject({ exitCode: 22 });
    expect(`${(error as Error).message} ${(error as { fix?: string }).fix}`).toContain(message);
  });

  test("fills the lock with what it has, and no more", async () => {
    const inventoryDirectory = changedExample();
    const { data, exitCode } = await stackImages({
      name: "platform",
      environment: "production",
      inventoryDirectory,
      isOffline: false,
      resolve: { archive: packed(layout([one, two])), acceptMoved: false },
    });
    expect(exitCode).toBe(21);
    expect(data.resolution?.locked).toEqual([
      { id: "mot-cua-api", reference: one.name, digest: images[0]?.digest, from: "images.tar" },
      {
        id: "mot-cua-portal",
        reference: `registry.quangbinh.example:5000/${two.name}`,
        digest: images[1]?.digest,
        from: "images.tar",
      },
    ]);
    expect(data.resolution?.failed).toHaveLength(17);
    expect(data.images.filter(({ digest }) => digest !== undefined)).toHaveLength(2);
  });
});
