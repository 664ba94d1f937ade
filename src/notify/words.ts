/** The words of alerts in both languages. */
import type { CauseKind, Impact } from "../health/incident/types.ts";
import type { NoticeKind, Severity } from "./types.ts";

export interface AlertWords {
  notices: Readonly<Record<NoticeKind, string>>;
  severities: Readonly<Record<Severity, string>>;
  causes: Readonly<Record<CauseKind, string>>;
  impacts: Readonly<Record<Impact, string>>;
  since: string;
  lasted: string;
  cause: string;
  affected: string;
  flapping: string;
  more: string;
  dropped: string;
  test: string;
  testText: string;
  /** Of a message with several notices; {count} and the word of their kind follow. */
  several: string;
}

export const alertWords: Readonly<Record<"vi" | "en", AlertWords>> = {
  en: {
    notices: { opened: "NEW", worse: "WORSE", still: "STILL", closed: "RESOLVED", passed: "CAME AND WENT" },
    severities: { critical: "critical", warning: "warning" },
    causes: {
      carrier: "carrier",
      power: "power",
      device: "device",
      configuration: "configuration",
      unknown: "not known yet",
    },
    impacts: { "cut-off": "cut off", "on-backup": "running on backup", none: "nobody cut off" },
    since: "since",
    lasted: "lasted",
    cause: "cause",
    affected: "affected",
    flapping: "comes and goes",
    more: "and {count} more",
    dropped: "{count} earlier messages were thrown away while this channel did not take any.",
    test: "test message",
    testText: "This is a test of the channel {channel}. Nothing is wrong.",
    several: "incidents",
  },
  vi: {
    notices: {
      opened: "MỚI",
      worse: "NẶNG HƠN",
      still: "VẪN CÒN",
      closed: "ĐÃ KHẮC PHỤC",
      passed: "ĐÃ QUA",
    },
    severities: { critical: "nghiêm trọng", warning: "cảnh báo" },
    causes: {
      carrier: "nhà mạng",
      power: "nguồn điện",
      device: "thiết bị",
      configuration: "cấu hình",
      unknown: "chưa rõ",
    },
    impacts: {
      "cut-off": "mất kết nối",
      "on-backup": "chạy đường dự phòng",
      none: "không đơn vị nào mất kết nối",
    },
    since: "từ",
    lasted: "kéo dài",
    cause: "nguyên nhân",
    affected: "ảnh hưởng",
    flapping: "chập chờn",
    more: "và {count} sự cố khác",
    dropped: "{count} tin trước đó đã bị bỏ trong khi kênh này không nhận tin.",
    test: "tin thử",
    testText: "Đây là tin thử của kênh {channel}. Không có sự cố.",
    several: "sự cố",
  },
};
