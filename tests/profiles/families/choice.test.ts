/** Which family a device is taken for, by what it says of itself: numbers and first words as the vendors give them. */
import { beforeAll, expect, test } from "vitest";
import { loadProfiles, type ProfileSet } from "../../../src/profiles/index.ts";

let set: ProfileSet;
beforeAll(async () => {
  set = await loadProfiles();
});

/** sysObjectID below enterprises ("" where it is not answered), sysDescr, families in the order they are tried ("?": only if a probe answers). */
const devices: [string, string, string][] = [
  ["9.1.516", "Cisco IOS Software, C3750 Software (C3750-IPBASEK9-M), Version 12.2(55)SE12", "cisco-ios"],
  ["9.1.208", "Cisco Internetwork Operating System Software IOS (tm) C2600 Software", "cisco-ios"],
  ["9.1.1745", "Cisco IOS Software, IOS-XE Software, Catalyst L3 Switch Software", "cisco-iosxe"],
  ["9.1.2494", "Cisco IOS Software [Gibraltar], Catalyst L3 Switch Software (CAT9K_IOSXE)", "cisco-iosxe"],
  ["9.1.1762", "Cisco IOS XR Software (Cisco ASR9K Series),  Version 6.5.3[Default]", "cisco-iosxr"],
  ["", "Cisco IOS XR Software (NCS-540), Version 7.5.2 LNT", "cisco-iosxr"],
  [
    "9.1.2861",
    "Cisco IOS Software [Cupertino], C9800 Software (C9800_IOSXE-K9), Version 17.9.4b",
    "cisco-wlc",
  ],
  ["9.1.1279", "Cisco Controller", "cisco-wlc"],
  ["14179.1.1.4.3", "Cisco Controller", "cisco-wlc"],
  ["9.12.3.1.3.1084", "Cisco NX-OS(tm) n5000, Software (n5000-uk9)", "cisco-nxos"],
  ["9.1.745", "Cisco Adaptive Security Appliance Version 8.4(2)", "cisco-asa"],
  ["9.6.1.85.26.1", "SG300-28 28-Port Gigabit Managed Switch", "cisco-small-business"],
  ["", "Cisco Adaptive Security Appliance", "cisco-asa"],
  ["", "Cisco Internetwork Operating System Software IOS (tm) s72033_rp Software", "cisco-ios"],
  ["", "Cisco IOS Software, Catalyst L3 Switch Software (CAT3K_CAA-UNIVERSALK9-M)", "cisco-iosxe"],
  ["9.1.1643", "Cisco IOS Software, Catalyst L3 Switch Software (CAT3K_CAA-UNIVERSALK9-M)", "cisco-iosxe"],
  ["", "Juniper Networks, Inc. srx300 internet router, kernel JUNOS 15.1X49-D70.3", "juniper-junos"],
  ["", "ZTE Ethernet Switch  ZXR10 5250-28TM-H, Version: V2.05.11B23", "zte-zxr10"],
  ["", "APC Switched Rack PDU", "apc-pdu"],
  ["14988.1", "RouterOS CCR1036-12G-4S", "mikrotik-routeros"],
  ["14988.2", "RB260GS", "mikrotik-routeros"],
  ["2011.2.23.95", "S5720 Huawei Versatile Routing Platform Software VRP (R) software", "huawei-vrp"],
  ["", "Quidway S5300 Versatile Routing Platform Software", "huawei-vrp"],
  ["2011.10.1.89", "H3C Series Router MSR20-20 H3C Comware Platform Software", "h3c-comware"],
  ["25506.11.1.101", "HP Comware Platform Software", "h3c-comware"],
  ["12356.101.1.2009", "", "fortinet-fortigate"],
  ["12356.106.1.2482", "", "fortinet-fortiswitch"],
  ["12356.103.3.64", "", "fortinet-fortianalyzer"],
  ["2636.1.1.1.2.31", "Juniper Networks, Inc. ex4200-24t", "juniper-junos"],
  ["11.2.3.7.11.161", "ProCurve J9773A 2530-24G-PoEP Switch", "hp-procurve"],
  ["47196.4.1.1.1.100", "Aruba JL635A 8325", "aruba-cx"],
  ["7367.3", "DrayTek Corporation, Router Model: Vigor2860", "draytek-vigor"],
  ["4881.1.2.1.1.105", "Ruijie RSR20", "ruijie-rgos"],
  ["52642.1.1.10.1.41", "FS S5860", "fs-switch"],
  ["3902.3.100.40", "ZXR10 5928E", "zte-zxr10"],
  ["3902.1082.1001.300.2", "ZXA10 C300", "zte-zxa10"],
  ["41112.1.5", "EdgeOS v1.10.11", "ubiquiti-edgeos"],
  ["41112", "UAP-AC-Pro 4.0.42", "ubiquiti-unifi"],
  [
    "10002.1",
    "Linux 2.6.32.71",
    "ubiquiti-airfiber?, ubiquiti-airfiber?, ubiquiti-airfiber?, ubiquiti-unifi?, ubiquiti-unifi?, ubiquiti-airos?, ubiquiti-edgeos?, ubiquiti-airos",
  ],
  ["41112", "Linux 3.3.8 #1 mips", "ubiquiti-unifi"],
  ["4413", "USW-24P-250, 4.3.22, Linux 3.6.5", "ubiquiti-edgeswitch"],
  ["11863.1.1.3", "TL-SG5428 24-Port Gigabit Switch", "tplink-jetstream"],
  ["171.10.117.1.1", "DGS-3420-28TC Gigabit Ethernet Switch", "dlink"],
  ["318.1.3.27", "APC Web/SNMP Management Card", "apc-ups"],
  ["318.1.3.4.5", "APC Web/SNMP Management Card", "apc-pdu"],
  ["318.1.3.11", "APC Web/SNMP Management Card", "apc-ats"],
  ["318.1.3.32", "APC Web/SNMP Management Card", "apc-ats"],
  ["318.1.3.14.5", "APC Web/SNMP Management Card", "apc-cooling"],
  ["318.1.1.32.1", "cPDU", "apc-pdu"],
  ["318.1.3.8.4", "APC Web/SNMP Management Card", "apc-environment"],
  ["52674.500", "Linux netbotz 3.14.28", "apc-netbotz"],
  ["5528.100.20.10.2013", "Linux netbotz 2.4.26", "apc-netbotz-v3"],
  ["534.1", "Eaton 9PX 6000i", "eaton-ups"],
  ["534.6.6.7", "Eaton ePDU MA 1P IN:332P6 32A OUT:20xC13, 4xC19", "eaton-pdu"],
  ["705.1", "Eaton ATS 230V 16A", "eaton-ats"],
  ["705.1.2", "Galaxy 3500 UPS 40 kVA", "eaton-ups?, eaton-mge?, generic-ups?, eaton-mge"],
  ["2254.2.4", "Delta UPS SNMP Card", "delta-ups"],
  ["99999.1", "some card", "generic-ups?, ubiquiti-airfiber-60?, generic"],
  ["683.6.0", "ZebraNet Wired PS", "printer"],
  ["935.10.1", "Network Management Card for UPS", "voltronic-ups"],
  ["4555.1.1.7", "NetVision-8", "socomec-ups"],
  ["674.10892.5", "", "dell-idrac"],
  ["232.9.4.11", "Integrated Lights-Out 5 2.78 Jan 12 2023", "hpe-ilo"],
  ["476.1.42", "Liebert CRV iCOM", "vertiv-liebert"],
  ["3808.1.1.3", "Power Manager", "cyberpower"],
  ["935", "NET Agent II", "megatec-netagent?, voltronic-ups?, generic-ups?, ubiquiti-airfiber-60?, generic"],
  ["6574.1", "Linux NAS", "synology-dsm"],
  [
    "8072.3.2.10",
    "Linux server 6.1.0-18-amd64 x86_64",
    "ubiquiti-airfiber?, ubiquiti-airfiber?, synology-dsm?, synology-dsm?, printer?, linux-net-snmp",
  ],
  ["24681", "Linux TS-231P", "qnap-qts"],
  ["311.1.1.3.1.2", "Hardware: Intel64 Family 6 - Software: Windows Version 6.3", "windows"],
  ["6876.4.1", "VMware ESXi 7.0.3", "vmware-esxi"],
  ["11.2.3.9.1", "HP ETHERNET MULTI-ENVIRONMENT", "printer"],
  ["367.1.1", "RICOH MP C3004", "printer"],
];

test.each(devices)("%s %s", (number, sysDescr, families) => {
  const sysObjectId = number === "" ? {} : { sysObjectId: `1.3.6.1.4.1.${number}` };
  const candidates = set.candidates({ ...sysObjectId, sysDescr });
  const tried = candidates.map(({ family, probe }) => (probe === undefined ? family : `${family}?`));
  expect(tried.join(", ")).toBe(families);
});
