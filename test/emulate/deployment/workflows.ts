/** What the emulated functions of the tests are deployed with. */
import {
  crashing,
  crashingBeside,
  failing,
  greeting,
  greetingTwice,
  hanging,
  looping,
  spinning,
} from "./errands.ts";
import { companion, journey } from "./journey.ts";

export const workflows = [
  journey,
  companion,
  greeting,
  hanging,
  looping,
  spinning,
  crashing,
  crashingBeside,
  failing,
  greetingTwice,
];
