import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  agenciesAt,
  agencyTreeAt,
  ancestorsAt,
  codeAt,
  dateAt,
  nameAt,
  parentAt,
  siteAgencyAt,
  subtreeAt,
  successorAt,
} from "../../src/inventory/agencies.ts";
import {
  accessLinksOfAgency,
  committedBitsPerSecond,
  devicesOfAgency,
  linkGroups,
  sitesOfAgency,
} from "../../src/inventory/equipment.ts";
import { loadInventory } from "../../src/inventory/load.ts";
import {
  findAgencies,
  findAgency,
  findDevice,
  findLink,
  findName,
  findSite,
  type LookupError,
} from "../../src/inventory/lookup.ts";

const inventory = await loadInventory(resolve(import.meta.dirname, "../../inventory/quang-binh"), {
  cacheDirectory: false,
});
const june = "2025-06-30";
const july = "2025-07-01";

describe("the tree of a day", () => {
  it("has districts until they ended, and communes below them", () => {
    expect(agenciesAt(inventory, june).filter(({ kind }) => kind === "district")).toHaveLength(8);
    expect(agenciesAt(inventory, july).filter(({ kind }) => kind === "district")).toHaveLength(0);
    const commune = inventory.agencies.get("xa-tan-trach")!;
    expect(parentAt(commune, june)).toBe("huyen-bo-trach");
    expect(parentAt(commune, july)).toBeUndefined();
    expect(ancestorsAt(inventory, "xa-tan-trach", june).map(({ id }) => id)).toEqual([
      "xa-tan-trach",
      "huyen-bo-trach",
    ]);
  });

  it("has each agency of the day exactly once", () => {
    for (const date of ["2019-12-31", june, july, "2026-11-24"]) {
      const count = (nodes: ReturnType<typeof agencyTreeAt>): number =>
        nodes.reduce((sum, node) => sum + 1 + count(node.children), 0);
      expect(count(agencyTreeAt(inventory, date))).toBe(agenciesAt(inventory, date).length);
    }
    expect(subtreeAt(inventory, "huyen-bo-trach", june).size).toBe(29);
    expect(subtreeAt(inventory, "huyen-bo-trach", july)).toEqual(new Set(["huyen-bo-trach"]));
  });

  it("gives sites and devices to whom they belonged then", () => {
    const hub = inventory.sites.get("nut-bo-trach")!;
    expect(siteAgencyAt(inventory, hub, june)).toBe("huyen-bo-trach");
    expect(siteAgencyAt(inventory, hub, july)).toBe("trung-tam-du-lieu");
    expect(sitesOfAgency(inventory, "huyen-bo-trach", { date: june })).toHaveLength(29);
    expect(
      sitesOfAgency(inventory, "huyen-bo-trach", { date: june, below: false }).map(({ id }) => id),
    ).toEqual(["nut-bo-trach"]);
    expect(sitesOfAgency(inventory, "huyen-bo-trach", { date: july })).toEqual([]);
    expect(devicesOfAgency(inventory, "xa-tan-trach", { date: july }).map(({ id }) => id)).toContain(
      "rt-xa-tan-trach",
    );
    expect(accessLinksOfAgency(inventory, "huyen-bo-trach", { date: june }).map(({ id }) => id)).toContain(
      "wan-bo-trach-1",
    );
  });

  it("knows former names, codes and mergers", () => {
    const merged = inventory.agencies.get("doi-mau-b")!;
    expect([nameAt(merged, "2024-02-29"), nameAt(merged, "2024-03-01")]).toEqual([
      "Đội Mẫu B (giả định)",
      "Đội Mẫu Hợp nhất (giả định)",
    ]);
    expect([codeAt(merged, "2024-02-29"), codeAt(merged, "2024-03-01")]).toEqual(["ZZ.02", "ZZ.10"]);
    expect([
      successorAt(inventory, "doi-mau-a", "2024-02-29"),
      successorAt(inventory, "doi-mau-a", "2024-03-01"),
    ]).toEqual(["doi-mau-a", "doi-mau-b"]);
  });

  it("counts days at the province", () => {
    expect(dateAt(inventory, Date.UTC(2025, 5, 30, 16, 59))).toBe(june);
    expect(dateAt(inventory, Date.UTC(2025, 5, 30, 17, 0))).toBe(july);
  });
});

describe("what people type", () => {
  it.each([
    ["xa-tan-trach", "xa-tan-trach", "id"],
    ["19192", "xa-tan-trach", "code"],
    ["Xã Tân Trạch", "xa-tan-trach", "name"],
    ["Tân Trạch", "xa-tan-trach", "name"],
    ["tan trach", "xa-tan-trach", "name"],
    ["TÂN-TRẠCH".normalize("NFD"), "xa-tan-trach", "name"],
    ["Sở TT&TT", "so-thong-tin-truyen-thong", "alias"],
    ["ZZ.02", "doi-mau-b", "former-code"],
    ["Đội Mẫu B (giả định)", "doi-mau-b", "former-name"],
  ])("finds %s", (text, id, by) => {
    expect(findAgencies(inventory, text)).toMatchObject([{ agency: { id }, by }]);
  });

  it("says so when a name means several, and what is near when it means none", () => {
    expect(() => findAgency(inventory, "minh hoa", june)).toThrow(
      /several agencies: xa-minh-hoa, huyen-minh-hoa/,
    );
    expect(findAgency(inventory, "minh hoa", july).id).toBe("xa-minh-hoa");
    expect(findAgency(inventory, "Xã Quảng Phú").id).toBe("xa-quang-phu-quang-trach");
    expect(() => findAgency(inventory, "xa-tan-trac")).toThrow(
      expect.objectContaining({ exitCode: 2, fix: 'did you mean "xa-tan-trach"?' }),
    );
  });

  it("suggests a name without its marks and its kind of unit, for a typo in it", () => {
    for (const text of ["tan trahc", "tân trahc"])
      expect(() => findAgency(inventory, text)).toThrow(
        expect.objectContaining({ fix: 'did you mean "Tân Trạch"?' }),
      );
  });

  it("does not choose among devices of one address", () => {
    const [first, second] = [...inventory.devices.values()];
    const two = new Map(
      [first!, second!, { ...second!, id: "third" }].map((one) => [one.id, { ...one, address: "192.0.2.1" }]),
    );
    expect(() => findDevice({ ...inventory, devices: two }, "192.0.2.1")).toThrow(
      expect.objectContaining({
        code: "ambiguous-device",
        message: expect.stringContaining(`3 devices: ${first!.id}, ${second!.id}, third`),
      }),
    );
  });

  it("takes a name in any case, as it is written, and refuses one that nothing has with the nearest", () => {
    const carriers = ["VNPT", undefined, "FPT", "VNPT"];
    expect(findName("carrier", "vnpt", carriers)).toBe("VNPT");
    expect(() => findName("carrier", "VNTP", carriers)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        code: "unknown-carrier",
        message: 'there is no carrier "VNTP"',
        fix: 'did you mean "VNPT"?',
      }),
    );
    const fixOf = (names: string[], list?: string) => {
      try {
        return findName("tag", "zzz", names, list);
      } catch (error) {
        return (error as LookupError).fix;
      }
    };
    expect(fixOf(["one", "two"])).toBe("there are one, two");
    expect(fixOf([])).toBe("there is none");
    expect(fixOf(["one"], "pdc tag list")).toBe("`pdc tag list` lists them");
    expect(fixOf(Array.from({ length: 40 }, (_, number) => `name-${number}`))).toMatch(/name-11, …$/);
    expect(() => findSite(inventory, "trung-tam-du-leu")).toThrow(
      expect.objectContaining({ exitCode: 2, fix: 'did you mean "trung-tam-du-lieu"?' }),
    );
  });

  it("finds devices by address and links by circuit", () => {
    expect(findDevice(inventory, "10.45.255.1").id).toBe("rt-core-1");
    expect(findLink(inventory, "VNP-QB-19192-02").id).toBe("wan-xa-tan-trach-2");
    expect(() => findLink(inventory, "wan-bo-trach-3")).toThrow(
      expect.objectContaining({ fix: 'did you mean "wan-bo-trach-1"?' }),
    );
  });
});

it("puts primaries before backups, and both directions of a rate in bit/s", () => {
  const group = linkGroups([...inventory.links.values()].reverse()).get("wan-xa-tan-trach")!;
  expect(group.map((link) => link.group?.role)).toEqual(["primary", "backup"]);
  expect(committedBitsPerSecond(group[0]!)).toEqual({ in: 10e6, out: 10e6 });
  expect(committedBitsPerSecond(group[1]!)).toEqual({ in: 2e6, out: 8e6 });
});
