import { describeSnmpDriver } from "../contracts/snmp-driver.ts";

describeSnmpDriver({ name: "pdc", versions: ["1", "2c", "3"] });
describeSnmpDriver({ name: "snmp-native", versions: ["1", "2c"] });
describeSnmpDriver({ name: "net-snmp", versions: ["1", "2c", "3"], lacksUsers: ["md5des", "sha512aes192"] });
