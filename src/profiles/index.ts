/** What other rooms use of the profiles. */
export { type LoadOptions, loadProfiles } from "./load.ts";
export { ProfileError, type ProfileProblem } from "./problems.ts";
export type { Candidate, Fact, FactName, Match, Probe, Profile } from "./profile.ts";
export { genericFamily, ProfileSet } from "./profile-set.ts";
export type {
  Chooser,
  Column,
  Condition,
  Lookup,
  Rule,
  RuleMeasurement,
  Severity,
  StateMap,
  StateWord,
} from "./rule.ts";
export {
  componentClasses,
  type MeasurementWord,
  mainMeasurement,
  measurementWord,
  vocabulary,
} from "./vocabulary.ts";
