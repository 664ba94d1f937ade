import { defineConfig } from "vitest/config";
import { ControlPlaneLast } from "./tests/sequencer.ts";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/bench/**", "tests/fixtures/**"],
    // oclif commands print through console.log; intercepting it hides their output.
    disableConsoleIntercept: true,
    setupFiles: ["./tests/seed.ts"],
    pool: "forks",
    sequence: { sequencer: ControlPlaneLast },
    reporters: ["default", "./tests/closing-line.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
